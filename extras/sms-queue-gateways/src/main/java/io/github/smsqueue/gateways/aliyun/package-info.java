// SPDX-License-Identifier: Apache-2.0
/**
 * Aliyun (Alibaba Cloud) SMS, Dysmsapi 2017-05-25. {@link
 * io.github.smsqueue.gateways.aliyun.AliyunGateway} is where to begin. Nothing is ever null.
 */
@NullMarked
package io.github.smsqueue.gateways.aliyun;

import org.jspecify.annotations.NullMarked;
