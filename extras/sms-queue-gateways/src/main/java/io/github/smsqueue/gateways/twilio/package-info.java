// SPDX-License-Identifier: Apache-2.0
/** Twilio Programmable Messaging. Nothing is ever null. */
@NullMarked
package io.github.smsqueue.gateways.twilio;

import org.jspecify.annotations.NullMarked;
