// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

/**
 * A delivery receipt of a {@link SimulatedGateway}. Immutable.
 *
 * @param batchId the batch of the request
 * @param ordinal of the recipient in its batch
 * @param messageId as it was, or will be, answered
 * @param delivered false when the phone was not reached
 */
public record SimulatedReceipt(String batchId, int ordinal, String messageId, boolean delivered) {}
