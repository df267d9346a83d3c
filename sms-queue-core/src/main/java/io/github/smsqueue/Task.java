// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SmsRequest;
import java.util.ArrayList;
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
   * @param maxBacklog how many tasks the lane may hold; {@link #UNLIMITED} for any number
   */
  record Source(String name, String region, int chunkSize, long maxBacklog) {
    static final long UNLIMITED = 0;
  }

  /**
   * Ask a provider what became of the messages of one call.
   *
   * @param gateway which
   * @param sent by ascending ordinal; not empty
   * @param sentAt ms since 1970
   */
  record Query(String batchId, String gateway, List<Sent> sent, long sentAt) implements Task {

    /** Of one call; each call has its own. */
    String id(long token) {
      return batchId + ":q" + sent.get(0).ordinal() + ":" + token;
    }

    /** One message; the id is empty when the outcome of the call is not known. */
    record Sent(int ordinal, String number, String messageId) {

      @Override
      public String toString() {
        return "Sent[" + ordinal + ", " + Recipient.mask(number) + "]";
      }

      /** The messages of a call that the provider has, or may have. */
      static List<Sent> of(SmsRequest request, List<SendResult> results) {
        List<Sent> sent = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
          SmsRequest.Target target = request.targets().get(i);
          if (results.get(i) instanceof SendResult.Accepted accepted) {
            sent.add(new Sent(target.ordinal(), target.number(), accepted.messageId()));
          } else if (results.get(i) instanceof SendResult.Unknown) {
            sent.add(new Sent(target.ordinal(), target.number(), ""));
          }
        }
        return sent;
      }
    }
  }
}
