// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.smsqueue.redis.faults.Scenario.Time;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The fault suite. {@code faults.minutes} is how long faults are injected, all scenarios together;
 * {@code faults.scenario} chooses one, or all that begin so, or
 * several, with commas. Writes a line a scenario to
 * {@code target/faults.jsonl}; what the processes of a scenario wrote stays in {@code target/faults}
 * when something did not hold.
 */
class FaultSuite {
  private static final Path TARGET = Path.of("target");
  private static final Path LINES = TARGET.resolve("faults.jsonl");

  @TestFactory
  Stream<DynamicTest> faults() throws IOException {
    String wanted = System.getProperty("faults.scenario", "");
    List<Scenario> scenarios = Stream.of(
            WorkerFaults.all(),
            SubmitFaults.all(),
            RedisFaults.all(),
            NetworkFaults.all(),
            TopologyFaults.all(),
            ClockFaults.all(),
            SoakFaults.all())
        .flatMap(each -> each)
        .filter(each -> Stream.of(wanted.split(",")).anyMatch(each.name()::startsWith))
        .toList();
    assertThat(scenarios).as("scenarios that begin with %s", wanted).isNotEmpty();
    Files.createDirectories(TARGET);
    Files.deleteIfExists(LINES);
    double minutes = Double.parseDouble(System.getProperty("faults.minutes", "1"));
    Duration each = Duration.ofMillis((long) (minutes * 60_000 / scenarios.size()));
    return scenarios.stream()
        .map(scenario -> DynamicTest.dynamicTest(scenario.name(), () -> play(scenario, each)));
  }

  private static void play(Scenario scenario, Duration time) throws Exception {
    for (String tool : scenario.tools()) {
      assumeTrue(isOnPath(tool), scenario.name() + " needs " + tool + ", which is not installed");
    }
    Path directory = TARGET.resolve("faults").resolve(scenario.name()).toAbsolutePath();
    delete(directory);
    Files.createDirectories(directory);
    Report report = scenario.play().in(directory, new Time(time));
    Files.writeString(
        LINES, report.json() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    System.out.println(report.json());
    assertThat(report.broken()).as("%s, see %s", scenario.name(), directory).isEmpty();
    delete(directory);
  }

  private static boolean isOnPath(String tool) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
  }

  private static void delete(Path directory) throws IOException {
    if (Files.exists(directory)) {
      try (Stream<Path> files = Files.walk(directory)) {
        for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(each);
        }
      }
    }
  }
}
