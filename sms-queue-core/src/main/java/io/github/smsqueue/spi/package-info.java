/**
 * What an integrator implements: a gateway, a queue, a ledger, a rate limiter, a recipient source.
 *
 * <p>Everything a {@code CompletionStage} promises has happened when it completes normally. When it
 * completes with an {@link io.github.smsqueue.SmsQueueException}, the step may or may not have
 * happened, and doing it again with the same arguments is safe.
 */
@NullMarked
package io.github.smsqueue.spi;

import org.jspecify.annotations.NullMarked;
