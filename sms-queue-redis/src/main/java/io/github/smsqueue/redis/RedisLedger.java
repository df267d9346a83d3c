// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.IdempotencyConflictException;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.spi.BatchControl;
import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SliceStates;
import io.lettuce.core.protocol.CommandType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/**
 * The ledger in Redis. Thread-safe.
 *
 * <p>Each step that writes is one script, see the files beside {@code ledger.lua}.
 */
final class RedisLedger implements BatchLedger {
  /** How long a batch is kept of which no task was stored or begun, in seconds. */
  private static final int PROVISIONAL = 3600;

  private static final int MAX_NOTES = 1000;

  private final RedisLink link;
  private final IndexHash index;
  private final int few;

  /**
   * A ledger.
   *
   * @param few up to how many recipients their letters lie in the hash of the batch
   */
  RedisLedger(RedisLink link, IndexHash index, int few) {
    this.link = link;
    this.index = index;
    this.few = few;
  }

  @Override
  public CompletionStage<Opened> open(NewBatch batch) {
    return RedisFailure.mapped(
        link.name(),
        link.confirmed().run(RedisScripts.OPEN, opening(batch)).thenApply(RedisLedger::opened));
  }

  /** What the script takes that opens a batch. */
  Arguments opening(NewBatch batch) {
    return Arguments.of(
        batch.batchId(),
        RedisKeys.letter(batch.lane()),
        batch.recipients(),
        batch.fromSource() ? 1 : 0,
        batch.chunkSize(),
        batch.expiresAfter().map(Duration::toMillis).orElse(-1L),
        batch.retention().toMillis(),
        PROVISIONAL,
        batch.idempotency().map(i -> index.idempotencyKey(i.key())).orElse(""),
        batch.idempotency().map(i -> index.fingerprint(i.fingerprint())).orElse(""),
        batch
            .idempotency()
            .filter(i -> index.keyed())
            .map(i -> IndexHash.plainHash(i.key()))
            .orElse(""),
        batch
            .idempotency()
            .filter(i -> index.keyed())
            .map(Idempotency::fingerprint)
            .orElse(""),
        few);
  }

  static Opened opened(Reply reply) {
    if (reply.text(0).isEmpty()) {
      throw new IdempotencyConflictException(
          "the idempotency key was used for another message or other recipients, batch "
              + reply.text(1));
    }
    return new Opened(reply.text(0), reply.number(1) == 1, (int) reply.number(2));
  }

  @Override
  public CompletionStage<Begun> begin(Begin begin) {
    RecipientState outcome = begin.policy() == UnknownOutcomePolicy.RESEND
        ? RecipientState.PENDING
        : RecipientState.UNKNOWN;
    Ordinals wanted = begin.wanted();
    Arguments arguments = Arguments.of(
        begin.batchId(),
        begin.slice().first(),
        begin.slice().count(),
        begin.token(),
        outcome.letter(),
        wanted.first(),
        wanted.span(),
        wanted.isRange() ? "" : mask(wanted));
    RedisChannel on = wanted.isEmpty() ? link.plain() : link.confirmed();
    return RedisFailure.mapped(
        link.name(),
        on.run(RedisScripts.BEGIN, arguments).thenApply(reply -> begun(begin.slice(), reply)));
  }

  private static String mask(Ordinals wanted) {
    StringBuilder mask = new StringBuilder(wanted.span());
    for (int i = 0; i < wanted.span(); i++) {
      mask.append(wanted.contains(wanted.first() + i) ? '1' : '0');
    }
    return mask.toString();
  }

  private static Begun begun(Slice slice, Reply reply) {
    Gate gate = Gate.valueOf(reply.text(0));
    if (gate == Gate.STALE || gate == Gate.MISSING) {
      return Begun.closed(gate);
    }
    SliceStates before = new SliceStates(slice.first(), reply.text(2));
    SliceStates after = new SliceStates(slice.first(), reply.text(3));
    long expiresIn = reply.number(4);
    return new Begun(
        gate,
        before,
        after,
        takenOver(slice, reply.text(1), before.letters()),
        expiresIn < 0 ? Optional.empty() : Optional.of(Duration.ofMillis(expiresIn)));
  }

  private static Ordinals takenOver(Slice slice, String found, String before) {
    BitSet offsets = new BitSet();
    if (!found.equals(before)) {
      for (int i = 0; i < found.length(); i++) {
        if (found.charAt(i) != before.charAt(i)) {
          offsets.set(i);
        }
      }
    }
    return Ordinals.of(slice.first(), offsets);
  }

  @Override
  public CompletionStage<Recorded> record(Results results) {
    return RedisFailure.mapped(
        link.name(),
        link.run(RedisScripts.RECORD, recording(results)).thenApply(reply -> recorded(reply, 0)));
  }

  /** What the script takes that records. */
  Arguments recording(Results results) {
    int first = Integer.MAX_VALUE;
    int end = 0;
    for (Change change : results.changes()) {
      if (!change.who().isEmpty()) {
        first = Math.min(first, change.who().first());
        end = Math.max(end, change.who().first() + change.who().span());
      }
    }
    first = Math.max(first, results.slice().first());
    end = Math.min(end, results.slice().end());
    Arguments arguments = Arguments.of(
        results.batchId(),
        results.slice().first(),
        results.token(),
        first,
        first < end ? letters(results.changes(), first, end) : "",
        results.notes().size());
    addNotes(arguments, results.notes());
    String gateway = results.messageIds().gateway();
    results
        .messageIds()
        .ids()
        .forEach((ordinal, id) -> arguments.add(ordinal).add(index.message(gateway, id)));
    return arguments;
  }

  /** What the script returned that has recorded, from an index on. */
  static Recorded recorded(Reply reply, int from) {
    List<RecipientRecord> receipts = new ArrayList<>();
    for (int i = from + 2; i + 2 < reply.size(); i += 3) {
      receipts.add(new RecipientRecord(
          (int) reply.number(i),
          RecipientState.ofLetter(reply.text(i + 1).charAt(0)).orElseThrow(),
          reply.text(i + 2)));
    }
    return new Recorded(reply.number(from) == 1, reply.number(from + 1) == 1, receipts);
  }

  @Override
  public CompletionStage<Optional<MessageReference>> receive(Receipt receipt) {
    Arguments arguments = Arguments.of(
        index.message(receipt.gateway(), receipt.messageId()),
        receipt.state().letter(),
        index.reason(receipt.detail()),
        EARLY.toMillis(),
        index.keyed() ? IndexHash.plainMessage(receipt.gateway(), receipt.messageId()) : "");
    return RedisFailure.mapped(
        link.name(),
        link.run(RedisScripts.RECEIVE, arguments)
            .thenApply(reply -> reply.number(0) == 0
                ? Optional.empty()
                : Optional.of(new MessageReference(reply.text(1), (int) reply.number(2)))));
  }

  private static String letters(List<Change> changes, int first, int end) {
    StringBuilder letters = new StringBuilder(".".repeat(end - first));
    for (Change change : changes) {
      change.who().forEach(ordinal -> {
        if (ordinal >= first && ordinal < end) {
          letters.setCharAt(ordinal - first, change.to().letter());
        }
      });
    }
    return letters.toString();
  }

  private void addNotes(Arguments arguments, Map<Integer, String> notes) {
    notes.forEach((ordinal, note) -> arguments.add(ordinal).add(index.reason(note)));
  }

  @Override
  public CompletionStage<Boolean> extend(Extension page) {
    List<Change> rejected = List.of(new Change(RecipientState.REJECTED, page.rejected()));
    String letters = page.rejected().isEmpty()
        ? ""
        : letters(rejected, page.first(), page.first() + page.count())
            .replace('.', RecipientState.PENDING.letter());
    Arguments arguments = Arguments.of(
        page.batchId(), page.token(), page.first(), page.count(), letters, page.last() ? 1 : 0);
    addNotes(arguments, page.notes());
    return RedisFailure.mapped(
        link.name(),
        link.run(RedisScripts.EXTEND, arguments).thenApply(reply -> reply.number(0) == 1));
  }

  @Override
  public CompletionStage<Optional<Integer>> reopen(String batchId, Slice slice) {
    Arguments arguments = Arguments.of(batchId, slice.first(), slice.count());
    return RedisFailure.mapped(
        link.name(),
        link.run(RedisScripts.REOPEN, arguments)
            .thenApply(reply ->
                reply.number(0) < 0 ? Optional.empty() : Optional.of((int) reply.number(0))));
  }

  @Override
  public CompletionStage<Boolean> control(String batchId, BatchControl control) {
    return RedisFailure.mapped(
        link.name(), control(batchId, control, UUID.randomUUID().toString(), 0));
  }

  private CompletableFuture<Boolean> control(
      String batchId, BatchControl control, String request, long from) {
    return link.confirmed()
        .run(RedisScripts.CONTROL, Arguments.of(batchId, control, request, from))
        .thenCompose(reply -> reply.number(1) < 0
            ? CompletableFuture.completedFuture(reply.number(0) == 1)
            : control(batchId, control, request, reply.number(1)));
  }

  @Override
  public CompletionStage<Optional<BatchStatus>> status(String batchId) {
    return RedisFailure.mapped(
        link.name(),
        link.ask(CommandType.HMGET, link.keys().batch(batchId), StatusFields.names())
            .thenApply(values -> StatusFields.read(batchId, values)));
  }

  @Override
  public CompletionStage<List<BatchStatus>> recent(int limit) {
    Arguments arguments = Arguments.of(Math.max(0, limit));
    arguments.addAll(StatusFields.names());
    return RedisFailure.mapped(
        link.name(), link.run(RedisScripts.RECENT, arguments).thenApply(reply -> {
          List<BatchStatus> batches = new ArrayList<>(reply.size());
          for (int i = 0; i < reply.size(); i++) {
            StatusFields.read(reply.array(i)).ifPresent(batches::add);
          }
          return batches;
        }));
  }

  @Override
  public CompletionStage<List<RecipientRecord>> find(String batchId, Slice slice) {
    if (slice.count() == 0) {
      return CompletableFuture.completedFuture(List.of());
    }
    return RedisFailure.mapped(
        link.name(), letters(batchId, slice).thenCompose(letters -> withNotes(batchId, letters)));
  }

  /** Those of few recipients lie in the hash of the batch, see {@code open.lua}. */
  private CompletableFuture<SliceStates> letters(String batchId, Slice slice) {
    CompletableFuture<byte[]> many =
        link.send(c -> c.getrange(link.keys().states(batchId), slice.first(), slice.end() - 1));
    return link.send(c -> c.hget(link.keys().batch(batchId), "s"))
        .thenCombine(many, (few, states) -> {
          String letters = new String(few == null ? states : few, StandardCharsets.US_ASCII);
          return new SliceStates(
              slice.first(),
              few == null
                  ? letters
                  : letters.substring(
                      Math.min(slice.first(), letters.length()),
                      Math.min(slice.end(), letters.length())));
        });
  }

  private CompletableFuture<List<RecipientRecord>> withNotes(String batchId, SliceStates states) {
    List<CompletableFuture<List<RecipientRecord>>> pages = new ArrayList<>();
    int end = states.first() + states.letters().length();
    for (int from = states.first(); from < end; from += MAX_NOTES) {
      List<Integer> ordinals =
          IntStream.range(from, Math.min(end, from + MAX_NOTES)).boxed().toList();
      pages.add(link.ask(CommandType.HMGET, link.keys().notes(batchId), ordinals)
          .thenApply(notes -> IntStream.range(0, ordinals.size())
              .mapToObj(i -> recipient(states, ordinals.get(i), notes.optional(i)))
              .toList()));
    }
    return CompletableFuture.allOf(pages.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> pages.stream().flatMap(page -> page.join().stream()).toList());
  }

  private static RecipientRecord recipient(SliceStates states, int ordinal, Optional<String> note) {
    return new RecipientRecord(ordinal, states.of(ordinal), note.orElse(""));
  }

  /** Closes the connections of the whole backend. */
  @Override
  public void close() {
    link.close();
  }
}
