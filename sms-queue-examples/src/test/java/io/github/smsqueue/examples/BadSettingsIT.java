// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that cannot start says why in one line, and ends with the exit code 1. */
class BadSettingsIT {
  @TempDir
  Path directory;

  @Test
  void quickStartNamesABadVariable() throws Exception {
    assertRefused(QuickStart.class, Map.of("PORT", "http"), "PORT");
  }

  @Test
  void workerMainNamesAMissingVariable() throws Exception {
    assertRefused(WorkerMain.class, Map.of("REDIS_URI", ""), "REDIS_URI");
  }

  private void assertRefused(Class<?> main, Map<String, String> env, String named)
      throws Exception {
    try (ExampleProcess process =
        ExampleProcess.start(main, env, directory.resolve("output.txt"))) {
      assertThat(process.awaitLine("could not start")).contains(named);
      assertThat(process.exitCode()).isEqualTo(1);
    }
  }
}
