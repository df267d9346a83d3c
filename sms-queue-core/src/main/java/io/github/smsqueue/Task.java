// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SmsRequest;
import java.util.BitSet;
import java.util.List;

/** What a queue entry asks a worker to do. */
sealed interface Task {

  String batchId();

  /** What the tasks of one batch have in common. */
  record Common(String batchId, SmsMessage message, UnknownOutcomePolicy unknownOutcome) {}

  /**
   * Send to a slice of a batch.
   *
   * @param slice all ordinals of the task; some may have no target (bad rows of a source)
   * @param targets by ascending ordinal
   */
  record Send(Common common, Slice slice, List<SmsRequest.Target> targets) implements Task {
    @Override
    public String batchId() {
      return common.batchId();
    }

    String id() {
      return common.batchId() + ":" + slice.first();
    }

    /** All ordinals that have a target. */
    Ordinals ordinals() {
      return targets.size() == slice.count() ? Ordinals.of(slice) : ordinals(targets);
    }

    Ordinals ordinals(List<SmsRequest.Target> some) {
      BitSet offsets = new BitSet();
      some.forEach(target -> offsets.set(target.ordinal() - slice.first()));
      return Ordinals.of(slice.first(), offsets);
    }

    List<SmsRequest.Target> targets(Ordinals some) {
      return some.equals(ordinals())
          ? targets
          : targets.stream().filter(target -> some.contains(target.ordinal())).toList();
    }
  }

  /**
   * Read the next page of a source.
   *
   * @param cursor where to go on
   * @param next the ordinal of the next page's first recipient
   * @param ended whether the source has no more pages
   */
  record Expand(Common common, Source source, String cursor, int next, boolean ended)
      implements Task {
    @Override
    public String batchId() {
      return common.batchId();
    }

    String id() {
      return common.batchId() + ":x";
    }
  }

  /**
   * Where an EXPAND reads.
   *
   * @param region the default region of numbers without a country code
   */
  record Source(String name, String region, int chunkSize) {}
}
