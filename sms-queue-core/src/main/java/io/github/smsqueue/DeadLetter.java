// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.time.Instant;

/**
 * A task that was given up and is kept until it is replayed or purged. Immutable.
 *
 * @param id what {@link SmsDispatcher#replay} and {@link SmsDispatcher#purge} take
 * @param batchId the batch it belongs to
 * @param lane its lane
 * @param reason why it was given up
 * @param at when
 * @param recipients how many recipients are {@link RecipientState#FAILED} with it; 0 for a source
 *     that could not be read, or when the batch is no longer known
 */
public record DeadLetter(
    String id, String batchId, Lane lane, String reason, Instant at, int recipients) {}
