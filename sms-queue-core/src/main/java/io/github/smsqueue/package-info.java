/**
 * What an application writes: {@link io.github.smsqueue.SmsDispatcher} takes batches, {@link
 * io.github.smsqueue.SmsWorker} sends them, {@link io.github.smsqueue.SmsBackend} connects the two.
 *
 * <p>In all packages of this library: nothing is ever {@code null} unless it is annotated so; every
 * type says whether it is thread-safe; bad arguments fail with an {@link
 * java.lang.IllegalArgumentException} that names the field, use after close with an {@link
 * java.lang.IllegalStateException}, and everything else with a {@link
 * io.github.smsqueue.SmsQueueException}. No message of an exception and no {@code toString} holds a
 * full phone number or the text of a message.
 */
@NullMarked
package io.github.smsqueue;

import org.jspecify.annotations.NullMarked;
