/** Gateways that need no provider: a log and any HTTP interface. */
@NullMarked
package io.github.smsqueue.gateway;

import org.jspecify.annotations.NullMarked;
