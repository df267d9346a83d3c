// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.aliyun;

import java.time.Duration;

/**
 * How long the limit of one number holds that Aliyun names in the message of {@code
 * isv.BUSINESS_LIMIT_CONTROL}: 触发分钟级流控Permits:1, 触发小时级流控Permits:5, 触发天级流控Permits:10,
 * 触发号码天级流控Permits:40.
 *
 * <p>The limits are rolling: a day is the 24 hours before the message ("什么是短信发送流控限制" in the
 * documentation of Short Message Service), so after a whole window nothing counts any more that was
 * sent before. A limit a month is asked about again after a day, one of no level after an hour.
 */
final class FlowControl {
  private FlowControl() {}

  static Duration window(String message) {
    if (message.contains("月") || message.contains("天") || message.contains("日")) {
      return Duration.ofDays(1);
    }
    if (message.contains("分") && !message.contains("时")) {
      return Duration.ofMinutes(1);
    }
    return Duration.ofHours(1);
  }
}
