// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.DeadLetters;
import io.github.smsqueue.spi.DeadLetters.DeadEntry;
import io.github.smsqueue.spi.Lease;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Shows and replays dead letters: the queue has the tasks, the ledger the recipients. */
final class DeadLetterOffice {
  private static final Logger log = LoggerFactory.getLogger(DeadLetterOffice.class);

  private final SmsBackend backend;

  DeadLetterOffice(SmsBackend backend) {
    this.backend = backend;
  }

  CompletionStage<List<DeadLetter>> browse(int offset, int limit) {
    return letters().browse(offset, limit).thenCompose(dead -> all(dead, this::describe));
  }

  private CompletionStage<DeadLetter> describe(DeadEntry dead) {
    Lease entry = dead.entry();
    return failed(entry)
        .thenApply(failed -> new DeadLetter(
            entry.id(), entry.batchId(), entry.lane(), dead.reason(), dead.at(), failed));
  }

  private CompletionStage<Integer> failed(Lease entry) {
    return slice(entry)
        .map(send -> backend.ledger().find(entry.batchId(), send.slice()).thenApply(found ->
            (int) found.stream().filter(r -> r.state() == RecipientState.FAILED).count()))
        .orElseGet(() -> CompletableFuture.completedFuture(0));
  }

  CompletionStage<Integer> replay(Collection<String> ids) {
    return letters()
        .find(ids)
        .thenCompose(dead -> all(dead, letter -> reopen(letter.entry())))
        .thenCompose(reopened ->
            letters().replay(reopened.stream().flatMap(Optional::stream).toList()));
  }

  /** Makes the failed recipients pending, first: a task that comes back finds them so. */
  private CompletionStage<Optional<String>> reopen(Lease entry) {
    Optional<Task.Send> send;
    try {
      send = readSlice(entry);
    } catch (TaskCodec.NewerTask | Envelope.Unopened e) {
      // Its recipients would stay FAILED, and the letter would be gone.
      log.warn("Dead letter {} is not replayed from here: {}", entry.id(), e.getMessage());
      return CompletableFuture.completedFuture(Optional.empty());
    }
    CompletionStage<Boolean> known = send.isPresent()
        ? backend
            .ledger()
            .reopen(entry.batchId(), send.get().slice())
            .thenApply(Optional::isPresent)
        : backend.ledger().status(entry.batchId()).thenApply(Optional::isPresent);
    return known.thenApply(there -> {
      if (!there) {
        log.warn(
            "Dead letter {} is not replayed: its batch is no longer known, so nobody can tell"
                + " whom it reached; purge it and submit again",
            entry.id());
      }
      return there ? Optional.of(entry.id()) : Optional.empty();
    });
  }

  CompletionStage<Integer> purge(Collection<String> ids) {
    return letters().purge(ids);
  }

  private static Optional<Task.Send> slice(Lease entry) {
    try {
      return readSlice(entry);
    } catch (TaskCodec.NewerTask | Envelope.Unopened e) {
      log.debug("Dead letter {}: {}", entry.id(), e.getMessage());
      return Optional.empty();
    }
  }

  /** The recipients of a dead letter; empty when it is for none, or for nobody knows whom. */
  private static Optional<Task.Send> readSlice(Lease entry)
      throws TaskCodec.NewerTask, Envelope.Unopened {
    try {
      return TaskCodec.decode(entry.payload()) instanceof Task.Send send
          ? Optional.of(send)
          : Optional.empty();
    } catch (TaskCodec.UnreadableTask e) {
      log.debug("Dead letter {}: {}", entry.id(), e.getMessage());
      return Optional.empty();
    }
  }

  private DeadLetters letters() {
    return backend
        .queue()
        .deadLetters()
        .orElseThrow(
            () -> new SmsQueueException("this queue cannot show its dead letters", false, null));
  }

  private static <A, B> CompletionStage<List<B>> all(
      List<A> items, java.util.function.Function<A, CompletionStage<B>> step) {
    CompletionStage<List<B>> done = CompletableFuture.completedFuture(new ArrayList<>());
    List<CompletionStage<B>> stages = items.stream().map(step).toList();
    for (CompletionStage<B> stage : stages) {
      done = done.thenCombine(stage, (list, item) -> {
        list.add(item);
        return list;
      });
    }
    return done;
  }
}
