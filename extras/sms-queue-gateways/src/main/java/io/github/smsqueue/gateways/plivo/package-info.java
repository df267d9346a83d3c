// SPDX-License-Identifier: Apache-2.0
/** Plivo SMS. Nothing is ever null. */
@NullMarked
package io.github.smsqueue.gateways.plivo;

import org.jspecify.annotations.NullMarked;
