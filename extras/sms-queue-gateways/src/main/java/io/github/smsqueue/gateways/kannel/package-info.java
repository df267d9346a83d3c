// SPDX-License-Identifier: Apache-2.0
/** Kannel, an SMS gateway of one's own. Nothing is ever null. */
@NullMarked
package io.github.smsqueue.gateways.kannel;

import org.jspecify.annotations.NullMarked;
