// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

/** What a child process can do. */
enum Task {
  FILL,
  DRAIN,
  FILL_AND_DRAIN,
  SUBMIT,
  PICK_UP,
  IDLE,
  CYCLES,
  HOLD,
  SOURCE;

  void run(Subject subject, Arguments arguments, Answer answer) throws Exception {
    switch (this) {
      case FILL -> SpeedTasks.fill(subject, arguments, answer);
      case DRAIN -> SpeedTasks.drain(subject, arguments, answer);
      case FILL_AND_DRAIN -> SpeedTasks.fillAndDrain(subject, arguments, answer);
      case SUBMIT -> LatencyTasks.submit(subject, arguments, answer);
      case PICK_UP -> LatencyTasks.pickUp(subject, arguments, answer);
      case IDLE -> LatencyTasks.idle(subject, arguments, answer);
      case CYCLES -> GrowthTasks.cycles(subject, arguments, answer);
      case HOLD -> GrowthTasks.hold(subject, arguments, answer);
      case SOURCE -> GrowthTasks.source(subject, arguments, answer);
    }
  }
}
