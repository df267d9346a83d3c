// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.RecipientState;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.BatchLedger.Begin;
import io.github.smsqueue.spi.BatchLedger.Begun;
import io.github.smsqueue.spi.BatchLedger.Change;
import io.github.smsqueue.spi.BatchLedger.Gate;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SliceStates;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What a ledger must answer about one batch, in the simplest words. Not thread-safe. */
final class LedgerModel {
  private final RecipientState[] states;
  private final Map<Slice, Long> tokens = new HashMap<>();
  private boolean paused;
  private boolean cancelled;

  LedgerModel(int recipients) {
    states = new RecipientState[recipients];
    Arrays.fill(states, RecipientState.PENDING);
  }

  long token(Slice slice) {
    return tokens.getOrDefault(slice, 0L);
  }

  Begun begin(Begin begin) {
    Slice slice = begin.slice();
    if (begin.token() < token(slice)) {
      return Begun.closed(Gate.STALE);
    }
    Ordinals takenOver = Ordinals.none();
    if (begin.token() > token(slice)) {
      tokens.put(slice, begin.token());
      takenOver = letters(slice).in(RecipientState.SENDING);
      boolean resend = begin.policy() == UnknownOutcomePolicy.RESEND;
      takenOver.forEach(i -> states[i] = resend ? RecipientState.PENDING : RecipientState.UNKNOWN);
    }
    SliceStates before = letters(slice);
    Ordinals pending = before.in(RecipientState.PENDING);
    if (cancelled) {
      pending.forEach(i -> states[i] = RecipientState.CANCELLED);
    } else if (!paused) {
      begin.wanted().stream()
          .filter(pending::contains)
          .forEach(i -> states[i] = RecipientState.SENDING);
    }
    Gate gate = paused ? Gate.PAUSED : Gate.OPEN;
    return new Begun(gate, before, letters(slice), takenOver, Optional.empty());
  }

  /** Whether the record is stale. */
  boolean record(Results results) {
    boolean receipt = results.token() == Results.RECEIPT;
    if (!receipt && results.token() != token(results.slice())) {
      return true;
    }
    for (Change change : results.changes()) {
      change.who().stream()
          .filter(i -> receipt
              ? states[i].mayBecomeByReceipt(change.to())
              : states[i].mayBecome(change.to()))
          .forEach(i -> states[i] = change.to());
    }
    return false;
  }

  boolean control(BatchControl control) {
    if (cancelled || settled()) {
      return false;
    }
    paused = control == BatchControl.PAUSE;
    if (control == BatchControl.CANCEL) {
      cancelled = true;
      letters(new Slice(0, states.length))
          .in(RecipientState.PENDING)
          .forEach(i -> states[i] = RecipientState.CANCELLED);
    }
    return true;
  }

  int reopen(Slice slice) {
    Ordinals failed = letters(slice).in(RecipientState.FAILED);
    failed.forEach(i -> states[i] = RecipientState.PENDING);
    return failed.size();
  }

  boolean settled() {
    return Arrays.stream(states).allMatch(RecipientState::settled);
  }

  SliceStates letters(Slice slice) {
    StringBuilder letters = new StringBuilder();
    for (int i = slice.first(); i < slice.end(); i++) {
      letters.append(states[i].letter());
    }
    return new SliceStates(slice.first(), letters.toString());
  }
}
