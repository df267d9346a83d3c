// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.DeadLetter;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.UnknownOutcomePolicy;
import io.github.smsqueue.spi.QueueStats;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The addresses of the web server: each is one call of {@link SmsDispatcher}. Thread-safe. */
final class SmsApi implements AutoCloseable {
  private static final int RECENT_BATCHES = 50;
  private static final int SHOWN_BATCHES = 12;
  private static final int DEAD_LETTERS = 100;
  private static final int SHOWN_DEAD_LETTERS = 20;

  private final SmsDispatcher dispatcher;
  private final UnknownOutcomePolicy unknownOutcome;
  private final EventStream events = EventStream.start(this::snapshot);

  SmsApi(SmsDispatcher dispatcher, UnknownOutcomePolicy unknownOutcome) {
    this.dispatcher = dispatcher;
    this.unknownOutcome = unknownOutcome;
  }

  Routes routes() {
    return new Routes()
        .post("/send-sms", request -> send(new SendRequest(request.fields()).toMobiles()))
        .post(
            "/send-sms/customers",
            request -> send(new SendRequest(request.fields()).toSource(CustomersDatabase.SOURCE)))
        .get(
            "/batches",
            request -> Reply.json(200, StatusJson.ofBatches(dispatcher.recent(RECENT_BATCHES))))
        .get("/batches/{id}", request -> Reply.json(200, StatusJson.of(status(request.id()))))
        .post("/batches/{id}/pause", request -> control(request.id(), dispatcher::pause))
        .post("/batches/{id}/resume", request -> control(request.id(), dispatcher::resume))
        .post("/batches/{id}/cancel", request -> control(request.id(), dispatcher::cancel))
        .get("/dead-letters", request -> Reply.json(200, deadLetters(DEAD_LETTERS)))
        .post("/dead-letters/{id}/replay", request -> replay(request.id()))
        .post(
            "/api/estimate",
            request -> estimate(new SendRequest(request.fields()).toMobiles().build()))
        .get(
            "/api/gateways",
            request -> Reply.json(200, StatusJson.ofGateways(dispatcher.gateways())))
        .post("/api/gateways/{id}/pause", request -> pauseGateway(request.id()))
        .post("/api/gateways/{id}/resume", request -> resumeGateway(request.id()))
        .get("/stats", request -> Reply.json(200, StatusJson.of(dispatcher.stats())))
        .get("/events", request -> events.open());
  }

  /** Ends the streams of events. */
  @Override
  public void close() {
    events.close();
  }

  private Reply send(SmsBatch.Builder batch) {
    Map<String, @Nullable Object> accepted =
        StatusJson.of(dispatcher.submit(batch.unknownOutcome(unknownOutcome).build()));
    events.changed();
    return Reply.json(202, accepted);
  }

  private BatchStatus status(String batchId) {
    return dispatcher
        .status(batchId)
        .orElseThrow(() -> new HttpError(404, "there is no batch of this id"));
  }

  private Reply control(String batchId, Predicate<String> step) {
    status(batchId);
    if (!step.test(batchId)) {
      throw new HttpError(409, "the batch is completed or cancelled");
    }
    events.changed();
    Map<String, @Nullable Object> json = new LinkedHashMap<>(Map.of("success", true));
    json.putAll(StatusJson.of(status(batchId)));
    return Reply.json(200, json);
  }

  private Reply replay(String id) {
    int replayed = dispatcher.replay(List.of(id));
    if (replayed == 0) {
      throw new HttpError(404, "there is no dead letter of this id that can be replayed");
    }
    events.changed();
    return Reply.json(200, Map.of("success", true, "replayed", replayed));
  }

  private Reply estimate(SmsBatch batch) {
    return Reply.json(200, StatusJson.of(dispatcher.estimate(batch)));
  }

  private Reply pauseGateway(String name) {
    if (dispatcher.gateways().stream().noneMatch(gateway -> gateway.name().equals(name))) {
      throw new HttpError(404, "no worker has a gateway of this name");
    }
    dispatcher.pauseGateway(name, "by an operator");
    return gateways();
  }

  private Reply resumeGateway(String name) {
    if (!dispatcher.resumeGateway(name)) {
      throw new HttpError(409, "no gateway of this name is paused");
    }
    return gateways();
  }

  private Reply gateways() {
    events.changed();
    return Reply.json(
        200, Map.of("success", true, "gateways", StatusJson.ofGateways(dispatcher.gateways())));
  }

  private List<Map<String, @Nullable Object>> deadLetters(int limit) {
    List<DeadLetter> letters = dispatcher.deadLetters(0, limit);
    return StatusJson.ofDeadLetters(letters);
  }

  private Object snapshot() {
    QueueStats stats = dispatcher.stats();
    boolean dead = stats.sum(LaneStats::dead) > 0;
    return Map.of(
        "batches", StatusJson.ofBatches(dispatcher.recent(SHOWN_BATCHES)),
        "stats", StatusJson.of(stats),
        "gateways", StatusJson.ofGateways(dispatcher.gateways()),
        "deadLetters", dead ? deadLetters(SHOWN_DEAD_LETTERS) : List.of());
  }
}
