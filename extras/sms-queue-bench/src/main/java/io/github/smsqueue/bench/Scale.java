// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.time.Duration;

/**
 * How much is measured. Immutable.
 *
 * @param rounds at most
 * @param budget after it no measure is begun
 * @param big recipients in batches of more than one
 * @param single recipients in batches of one
 * @param fill a fill with single recipients is cut after it
 * @param bigFill a fill with more is cut after it: long enough for what a drain needs to become fast
 * @param drain a drain is cut after it
 * @param submit for each form of submit
 * @param samples of the pick-up
 * @param idle how long an idle worker is watched
 * @param backlog the greatest
 */
record Scale(
    int rounds,
    Duration budget,
    long big,
    long single,
    Duration fill,
    Duration bigFill,
    Duration drain,
    Duration submit,
    int samples,
    Duration idle,
    long backlog) {

  /** Ends within five minutes. */
  static Scale quick() {
    return new Scale(
        3,
        Duration.ofSeconds(240),
        3_000_000,
        150_000,
        Duration.ofMillis(2500),
        Duration.ofSeconds(12),
        Duration.ofMillis(4000),
        Duration.ofMillis(300),
        100,
        Duration.ofSeconds(3),
        1_000_000);
  }

  /** Takes an hour or more. */
  static Scale full() {
    return new Scale(
        5,
        Duration.ofHours(6),
        6_000_000,
        600_000,
        Duration.ofSeconds(15),
        Duration.ofSeconds(45),
        Duration.ofSeconds(15),
        Duration.ofSeconds(6),
        1_000,
        Duration.ofSeconds(20),
        10_000_000);
  }

  /** For the test of the benchmark itself. */
  static Scale smoke() {
    return new Scale(
        1,
        Duration.ofMinutes(2),
        30_000,
        1_000,
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        Duration.ofSeconds(1),
        Duration.ofMillis(20),
        5,
        Duration.ofMillis(100),
        10_000);
  }

  /** The same, another number of times. */
  Scale rounds(int times) {
    return new Scale(
        times, budget, big, single, fill, bigFill, drain, submit, samples, idle, backlog);
  }

  /** Whether its processes are to start fast and need not become fast. */
  boolean isSmoke() {
    return backlog < 100_000;
  }

  boolean isFull() {
    return backlog > 1_000_000;
  }
}
