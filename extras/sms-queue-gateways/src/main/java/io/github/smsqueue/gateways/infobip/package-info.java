// SPDX-License-Identifier: Apache-2.0
/** Infobip SMS. Nothing is ever null. */
@NullMarked
package io.github.smsqueue.gateways.infobip;

import org.jspecify.annotations.NullMarked;
