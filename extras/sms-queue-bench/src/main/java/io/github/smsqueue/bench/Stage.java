// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * One subject on an empty Redis and an empty directory. Immutable.
 *
 * @param prefix before the names of the metrics
 */
record Stage(
    RedisUnderTest redis,
    Path directory,
    Scale scale,
    Peer peer,
    String prefix,
    String suffix,
    int round,
    Report report) {
  static final int CHUNK = 500;
  static final String HEAP = "1g";

  private static final Duration PATIENCE = Duration.ofMinutes(30);

  Arguments task(Task task) {
    return Arguments.of(task, peer)
        .with("redis", redis.uri())
        .with("directory", directory)
        .with("chunk", CHUNK);
  }

  ChildJvm start(Arguments arguments) {
    return start(arguments, HEAP);
  }

  ChildJvm start(Arguments arguments, String heap) {
    List<String> options = scale.isSmoke()
        ? List.of("-Xmx" + heap, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
        : List.of("-Xmx" + heap);
    return ChildJvm.start(arguments, options, directory.resolveSibling("children.log"));
  }

  Said await(ChildJvm child) throws InterruptedException {
    return child.await(PATIENCE);
  }

  Said run(Arguments arguments) throws InterruptedException {
    return await(start(arguments));
  }

  void say(String metric, String unit, double value) {
    String name = metric.isEmpty() ? prefix : prefix + "." + metric;
    report.add(new Result(peer.label(), name + suffix, unit, value, round));
  }
}
