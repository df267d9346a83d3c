// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

/**
 * What a queue can do; what it cannot is never emulated in a worker's memory. Immutable.
 *
 * @param durable whether what was accepted outlives the process (or server) that holds the queue
 * @param delays whether a task can wait for a time
 * @param lanes whether urgent tasks overtake others
 * @param dedupe whether the same id twice is one entry
 * @param atomicContinue whether {@link Outcome.Continue} is all or nothing
 * @param batchControl whether the tasks of one batch can be parked and removed
 * @param backlogLimits whether {@link QueueEntry#maxBacklog} is kept
 */
public record Capabilities(
    boolean durable,
    boolean delays,
    boolean lanes,
    boolean dedupe,
    boolean atomicContinue,
    boolean batchControl,
    boolean backlogLimits) {

  /** Of a queue that keeps no {@link QueueEntry#maxBacklog}. */
  public Capabilities(
      boolean durable,
      boolean delays,
      boolean lanes,
      boolean dedupe,
      boolean atomicContinue,
      boolean batchControl) {
    this(durable, delays, lanes, dedupe, atomicContinue, batchControl, false);
  }
}
