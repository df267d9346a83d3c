// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import java.time.Duration;
import java.util.List;

/**
 * What a scenario found.
 *
 * @param injected how often the fault was injected
 * @param recipients of batches that were accepted
 * @param lost recipients that were accepted and neither called nor accounted for
 * @param doubled recipients that were called more than once
 * @param unknown recipients whose outcome is not known, held
 * @param stuck recipients and tasks that are not finished although all is healed
 * @param recovery the longest time from healing to the next call
 * @param broken what did not hold, in words; empty when all did
 */
record Report(
    String scenario,
    int injected,
    long recipients,
    long lost,
    long doubled,
    long unknown,
    long stuck,
    Duration recovery,
    List<String> broken) {

  boolean held() {
    return broken.isEmpty();
  }

  String json() {
    return ("{\"scenario\":\"%s\",\"injected\":%d,\"recipients\":%d,\"lost\":%d,\"doubled\":%d,"
            + "\"unknown\":%d,\"stuck\":%d,\"recovery_ms_max\":%d,\"held\":%b}")
        .formatted(
            scenario,
            injected,
            recipients,
            lost,
            doubled,
            unknown,
            stuck,
            recovery.toMillis(),
            held());
  }
}
