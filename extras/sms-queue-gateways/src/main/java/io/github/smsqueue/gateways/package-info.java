// SPDX-License-Identifier: Apache-2.0
/**
 * What the gateways of this module share; the gateways themselves are in one package a provider.
 * Nothing is ever null.
 *
 * <p>Every gateway makes one request a call and never repeats it ({@link
 * io.github.smsqueue.gateway.HttpCall}), reads the provider's own error code where the answer has one
 * ({@link io.github.smsqueue.gateways.ErrorTable}) and judges any other answer by {@link
 * io.github.smsqueue.gateways.HttpOutcome}.
 */
@NullMarked
package io.github.smsqueue.gateways;

import org.jspecify.annotations.NullMarked;
