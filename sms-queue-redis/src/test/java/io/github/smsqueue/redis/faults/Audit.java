// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.spi.BatchLedger.RecipientRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What was written down, held against the ledger.
 *
 * @param wrong what else is not as it should be, in words
 */
record Audit(
    long recipients, long lost, long doubled, long unknown, long stuck, List<String> wrong) {
  private static final Pattern NUMBER = Pattern.compile(FaultSubmitter.PREFIX + "1\\d{7}");

  static Audit of(Stage stage, List<Gap> gaps) throws IOException {
    Calls calls = stage.calls();
    long recipients = 0;
    long lost = 0;
    long unknown = 0;
    long stuck = 0;
    List<String> wrong = new ArrayList<>();
    for (Stage.Accepted batch : stage.accepted().values()) {
      recipients += batch.recipients();
      Optional<BatchStatus> status = stage.status(batch.id());
      boolean completed = status.map(BatchStatus::completed).orElse(false);
      if (!completed && batch.forgettable(gaps)) {
        continue;
      }
      if (status.isEmpty()) {
        lost += batch.recipients();
        continue;
      }
      if (status.get().total() != batch.recipients()) {
        wrong.add("the states do not add up: " + status.get());
      }
      unknown += status.get().count(RecipientState.UNKNOWN);
      BitSet called = calls.of(batch.id());
      for (RecipientRecord each :
          stage.dispatcher().recipients(batch.id(), 0, batch.recipients())) {
        if (!each.state().settled()) {
          stuck++;
        } else if (each.state() == RecipientState.SENT && !called.get(each.ordinal())) {
          lost++;
        } else if (uncalled(each.state()) && called.get(each.ordinal())) {
          wrong.add("called, but " + each.state() + ": " + batch.id() + " " + each.ordinal());
        }
      }
    }
    stuck += stage.tasks();
    for (Path output : stage.outputs()) {
      leaks(output).ifPresent(wrong::add);
    }
    return new Audit(
        recipients, lost, calls.doubled(stage.resending(), gaps), unknown, stuck, wrong);
  }

  /** States that say that the recipient got no message. */
  private static boolean uncalled(RecipientState state) {
    return state == RecipientState.EXPIRED
        || state == RecipientState.CANCELLED
        || state == RecipientState.SUPPRESSED;
  }

  /** No output may have a full number or a text in it. */
  private static Optional<String> leaks(Path output) throws IOException {
    String text = Files.readString(output);
    boolean leaks = text.contains(FaultSubmitter.SECRET) || NUMBER.matcher(text).find();
    return leaks ? Optional.of("a number or a text is in " + output) : Optional.empty();
  }
}
