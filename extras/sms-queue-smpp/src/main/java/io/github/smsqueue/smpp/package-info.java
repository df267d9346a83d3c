// SPDX-License-Identifier: Apache-2.0
/**
 * A gateway to an SMSC by SMPP 3.4. Only the codec of jsmpp is used, and only in this package.
 */
@NullMarked
package io.github.smsqueue.smpp;

import org.jspecify.annotations.NullMarked;
