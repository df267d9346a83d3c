// SPDX-License-Identifier: Apache-2.0
/**
 * Tencent Cloud SMS, version 2021-01-11. {@link io.github.smsqueue.gateways.tencent.TencentGateway} is
 * where to begin. Nothing is ever null.
 */
@NullMarked
package io.github.smsqueue.gateways.tencent;

import org.jspecify.annotations.NullMarked;
