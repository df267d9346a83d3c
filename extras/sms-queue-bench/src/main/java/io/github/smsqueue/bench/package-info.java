// SPDX-License-Identifier: Apache-2.0
/**
 * Measures sms-queue beside its peers and the limit, see {@code docs/performance.md}. {@link Bench} is
 * the driver; what it measures runs in processes of its own, {@link Child}. Each peer is a {@link
 * Subject}.
 */
@NullMarked
package io.github.smsqueue.bench;

import org.jspecify.annotations.NullMarked;
