/**
 * Guards that come with the library: who is not sent to, how often, and when. {@link
 * io.github.smsqueue.spi.RecipientGuard#chain} puts several together.
 *
 * <p>Numbers are E.164, for example {@code +8613800138000}. Null, thread and exception rules are
 * those of {@link io.github.smsqueue}.
 */
@NullMarked
package io.github.smsqueue.guard;

import org.jspecify.annotations.NullMarked;
