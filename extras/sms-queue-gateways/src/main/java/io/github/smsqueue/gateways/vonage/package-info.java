// SPDX-License-Identifier: Apache-2.0
/** Vonage SMS API. Nothing is ever null. */
@NullMarked
package io.github.smsqueue.gateways.vonage;

import org.jspecify.annotations.NullMarked;
