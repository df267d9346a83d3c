// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

/**
 * What some recipients cost the process that worked on them. Immutable.
 *
 * @param recipients how many
 * @param from when it began, ms since 1970
 * @param to when it ended, ms since 1970
 */
record Span(
    long recipients, double seconds, long from, long to, double cpuMicros, double allocated) {

  static Span between(Snapshot from, Snapshot to) {
    return new Span(
        to.count() - from.count(),
        (to.nanos() - from.nanos()) / 1e9,
        from.millis(),
        to.millis(),
        (to.cpuNanos() - from.cpuNanos()) / 1e3,
        to.allocated() - from.allocated());
  }

  /** Recipients per second; NaN when there were none. */
  double perSecond() {
    return recipients > 0 && seconds > 0 ? recipients / seconds : Double.NaN;
  }

  /** CPU time per recipient, in µs. */
  double cpuEach() {
    return recipients > 0 ? cpuMicros / recipients : Double.NaN;
  }

  /** Bytes allocated per recipient. */
  double allocatedEach() {
    return recipients > 0 ? allocated / recipients : Double.NaN;
  }
}
