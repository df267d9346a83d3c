/** Gateways that need no provider: a log and any HTTP interface; and the one HTTP call they make. */
@NullMarked
package io.github.smsqueue.gateway;

import org.jspecify.annotations.NullMarked;
