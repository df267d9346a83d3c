// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The {@code redis.conf} of a {@link RedisServerProcess}. */
final class RedisConfiguration {
  private RedisConfiguration() {}

  /** Our settings, then the options, which win. */
  static String of(Path directory, int port, Map<String, String> options) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("bind", "127.0.0.1");
    all.put("port", Integer.toString(port));
    all.put("daemonize", "no");
    all.put("dir", quoted(directory));
    all.put("pidfile", quoted(directory.resolve(OwnedDirectory.PID_FILE)));
    all.put("save", "\"\"");
    all.putAll(options);
    StringBuilder lines = new StringBuilder();
    all.forEach((name, value) -> lines.append(name).append(' ').append(value).append('\n'));
    return lines.toString();
  }

  private static String quoted(Path path) {
    return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
