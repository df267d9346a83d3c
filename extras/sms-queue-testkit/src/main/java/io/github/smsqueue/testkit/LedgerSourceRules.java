// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static io.github.smsqueue.RecipientState.PENDING;
import static io.github.smsqueue.RecipientState.SENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.BatchLedger.Extension;
import io.github.smsqueue.spi.BatchLedger.Recorded;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Slice;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Batches whose recipients are read page by page. */
abstract class LedgerSourceRules extends LedgerBatchRules {

  @Test
  void pagesAreAddedUntilTheSourceEnds() {
    open(fromSource("b"));
    assertThat(status().expanding()).isTrue();
    assertThat(letters()).isEmpty();

    assertThat(extend(new Extension("b", 1, 0, 3, ordinals(1), Map.of(1, "too short"), false)))
        .isTrue();
    assertThat(letters()).isEqualTo("PRP");
    assertThat(status().expanding()).isTrue();
    assertThat(extend(page(2, 3, 2, true))).isTrue();

    assertThat(letters()).isEqualTo("PRPPP");
    assertThat(notes(new Slice(0, 5))).containsExactly("", "too short", "", "", "");
    assertThat(status().expanding()).isFalse();
    assertThat(status().counts()).containsEntry(PENDING, 4L);
  }

  @Test
  void aBatchIsNotCompletedWhileItsSourceIsRead() {
    open(fromSource("b"));
    extend(page(1, 0, 2, false));
    Slice slice = new Slice(0, 2);
    begin(slice, 1);
    assertThat(record(slice, 1, to(SENT, slice))).isEqualTo(new Recorded(false, false));
    assertThat(status().completed()).isFalse();

    extend(page(1, 2, 0, true));

    assertThat(status().completed()).isTrue();
  }

  @Test
  void aSourceWithoutRecipientsMakesACompletedBatch() {
    open(fromSource("b"));

    assertThat(extend(page(1, 0, 0, true))).isTrue();

    assertThat(letters()).isEmpty();
    assertThat(status().completed()).isTrue();
  }

  @Test
  void aPageThatIsAddedTwiceCountsOnce() {
    open(fromSource("b"));
    Extension first = new Extension("b", 1, 0, 3, ordinals(2), Map.of(2, "no"), false);
    Extension last = page(1, 3, 2, true);

    assertThat(extend(first)).isTrue();
    assertThat(extend(first)).isTrue();
    assertThat(letters()).isEqualTo("PPR");
    assertThat(extend(last)).isTrue();
    assertThat(extend(last)).isTrue();

    assertThat(letters()).isEqualTo("PPRPP");
  }

  @Test
  void whatWasSentIsNotUndoneByAPageThatIsAddedTwice() {
    open(fromSource("b"));
    Extension page = page(1, 0, 2, true);
    extend(page);
    Slice slice = new Slice(0, 2);
    begin(slice, 1);
    record(slice, 1, to(SENT, slice));

    assertThat(extend(page)).isTrue();

    assertThat(letters()).isEqualTo("AA");
    assertThat(status().completed()).isTrue();
  }

  /** Its first reader died before the page's tasks were queued; the rows may have changed since. */
  @Test
  void aPageThatIsReadAgainReplacesWhatItHadAdded() {
    open(fromSource("b"));
    extend(page(1, 0, 2, false));
    extend(new Extension("b", 2, 2, 4, ordinals(3, 5), Map.of(3, "bad", 5, "bad"), false));
    assertThat(letters()).isEqualTo("PPPRPR");

    assertThat(extend(new Extension("b", 3, 2, 3, ordinals(4), Map.of(4, "no"), false)))
        .isTrue();

    assertThat(letters()).isEqualTo("PPPPR");
    assertThat(notes(new Slice(0, 10))).containsExactly("", "", "", "", "no");
    assertThat(extend(page(3, 5, 1, true))).isTrue();
    assertThat(letters()).isEqualTo("PPPPRP");
    assertThat(notes(new Slice(5, 1))).containsExactly("");
  }

  /** Otherwise the tasks of the last page would never be queued when its first reader dies. */
  @Test
  void evenTheLastPageCanBeReadAgain() {
    open(fromSource("b"));
    extend(page(1, 0, 2, false));
    extend(page(1, 2, 3, true));

    assertThat(extend(page(2, 2, 2, true))).isTrue();

    assertThat(letters()).isEqualTo("PPPP");
    assertThat(status().expanding()).isFalse();
  }

  @Test
  void aLastPageThatTurnsOutNotToBeTheLastReopensTheSource() {
    open(fromSource("b"));
    extend(page(1, 0, 0, true));
    assertThat(status().completed()).isTrue();

    assertThat(extend(page(2, 0, 2, false))).isTrue();

    assertThat(letters()).isEqualTo("PP");
    assertThat(status().expanding()).isTrue();
    assertThat(status().completed()).isFalse();
    assertThat(extend(page(2, 2, 1, true))).isTrue();
    assertThat(letters()).isEqualTo("PPP");
  }

  @Test
  void whatIsTooLateAddsNothing() {
    open(fromSource("b"));
    extend(page(5, 0, 2, false));
    extend(page(5, 2, 2, false));

    assertThat(extend(page(4, 4, 2, false))).as("an older token").isFalse();
    assertThat(extend(page(4, 2, 3, false))).as("an older token, the same page").isFalse();
    assertThat(extend(page(6, 0, 2, false))).as("an earlier page").isFalse();
    assertThat(letters()).isEqualTo("PPPP");
    assertThat(extend(page(5, 4, 1, true))).isTrue();
    assertThat(extend(page(5, 5, 1, true))).as("after the end").isFalse();
    assertThat(extend(page(6, 5, 1, false))).as("after the end").isFalse();
    assertThat(letters()).isEqualTo("PPPPP");
  }

  @Test
  void aCancelledBatchTakesNoMoreRecipients() {
    open(fromSource("b"));
    extend(page(1, 0, 2, false));
    control(BatchControl.CANCEL);
    assertThat(status().expanding()).isFalse();
    assertThat(status().completed()).isTrue();

    assertThat(extend(page(1, 2, 2, false))).isFalse();
    assertThat(extend(page(2, 2, 2, true))).isFalse();

    assertThat(letters()).isEqualTo("CC");
  }

  @Test
  void aPausedBatchIsReadOn() {
    open(fromSource("b"));
    control(BatchControl.PAUSE);

    assertThat(extend(page(1, 0, 2, true))).isTrue();

    assertThat(letters()).isEqualTo("PP");
    assertThat(status().paused()).isTrue();
  }

  @Test
  void addedRecipientsAreSent() {
    open(fromSource("b"));
    extend(new Extension("b", 7, 0, 3, ordinals(0), Map.of(0, "bad"), true));
    Slice slice = new Slice(0, 3);

    assertThat(begin(slice, 1).sendable(Ordinals.of(slice))).isEqualTo(ordinals(1, 2));

    assertThat(record(slice, 1, to(SENT, ordinals(1, 2)))).isEqualTo(new Recorded(false, true));
    assertThat(letters()).isEqualTo("RAA");
  }
}
