// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static io.github.smsqueue.redis.Waiting.join;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import com.sun.net.httpserver.HttpServer;
import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.DeliveryReceipts;
import io.github.smsqueue.Lane;
import io.github.smsqueue.PriceTable;
import io.github.smsqueue.Recipient;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.RetryPolicy;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsListener;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.Submission;
import io.github.smsqueue.WebhookRequest;
import io.github.smsqueue.gateway.HttpGateway;
import io.github.smsqueue.gateway.LoggingGateway;
import io.github.smsqueue.guard.AllowList;
import io.github.smsqueue.guard.FrequencyCap.Rule;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.GatewayRouter;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.QueueStats.LaneStats;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.RecipientGuard;
import io.github.smsqueue.spi.RecipientPage;
import io.github.smsqueue.spi.RecipientSource;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/**
 * Everything that the library logs at any level, throws, or shows as a text, while all that is foreign
 * to it (gateway, provider, guard, router, source, listener, other applications) quotes numbers and
 * texts wherever it can.
 */
@Timeout(120)
class MaskingTest {
  /** What all numbers here begin with, without separators. */
  private static final String NUMBERS = "1390013900";

  private static final String CODE = "424242";
  private static final String CONTENT = "geheim: " + CODE;
  private static final String QUOTE =
      "139 0013 9001 is no +8613900139001 (0139) 0013-9001 " + CONTENT;

  private final Logger logger = (Logger) LoggerFactory.getLogger("io.github.smsqueue");
  private final Recording recording = new Recording();

  /** What came back to the application. */
  private final Queue<String> shown = new ConcurrentLinkedQueue<>();

  private final String name = Servers.newName();
  private final String list = name + ":jobs";
  private final RedisSmsBackend backend =
      RedisSmsBackend.connect(Servers.redis70().uri(), name);
  private final SmsDispatcher dispatcher = SmsDispatcher.builder(backend)
      .prices(PriceTable.builder("CNY").price("+86", "1").build())
      .listener(new Talkative())
      .build();
  private final Cli cli = new Cli(Servers.redis70().uri());
  private final Set<String> once = ConcurrentHashMap.newKeySet();

  @BeforeEach
  void record() {
    recording.start();
    logger.setLevel(Level.TRACE);
    logger.setAdditive(false);
    logger.addAppender(recording);
  }

  @AfterEach
  void stop() {
    logger.setLevel(null);
    logger.setAdditive(true);
    logger.detachAppender(recording);
    cli.redis().del(list, list + ":rejected", list + ":rejected:reasons");
    cli.close();
    backend.close();
  }

  @Test
  void neitherNumberNorTextIsShownAnywhere() throws Exception {
    HttpServer echo = echo();
    join(backend.optOuts().add("+8613900139007"));
    try (SmsWorker worker = worker(echo.getAddress().getPort());
        RedisListIntake intake =
            RedisListIntake.builder(backend, dispatcher).list(list).build()) {
      new Thread(worker, "worker").start();
      new Thread(intake, "intake").start();
      await(submit(Lane.NORMAL, 8));
      String batch = submit(Lane.NORMAL, 0, 1, 2, 3, 4, 5, 6, 7, 8);
      String byHttp = submit(Lane.URGENT, 0, 1, 2, 3);
      String logged = submit(Lane.BULK, 0);
      submit(Lane.BULK, 9); // comes again after seconds, for which nobody waits
      String read = show(dispatcher.submit(message().from("customers").build())).batchId();
      String expired = show(dispatcher.submit(message()
              .notBefore(Instant.now().plusMillis(200))
              .expiresAfter(Duration.ofMillis(1))
              .to(number(0))
              .build()))
          .batchId();
      refused();
      rejectedJobs();
      garbage();
      await(batch, byHttp, logged, read, expired);
      receipts(batch);
      Waiting.until(
          "a task failed",
          () -> recording.lines.stream()
              .anyMatch(line -> line.contains("failed before a call was begun")));
      Waiting.until("jobs are rejected", () -> cli.redis().llen(list + ":rejected") == 5);
      Waiting.until(
          "all is dead that shall be",
          () -> dispatcher.stats().sum(LaneStats::dead) == 4
              && dispatcher.stats().sum(LaneStats::leased) == 0);
      shown.addAll(cli.redis().lrange(list + ":rejected:reasons", 0, -1));
      dispatcher.deadLetters(0, 100).forEach(letter -> {
        shown.add(letter.toString());
        dispatcher.replay(List.of(letter.id()));
      });
      await(batch);
      for (BatchStatus status : dispatcher.recent(100)) {
        shown.add(status.toString());
        dispatcher
            .recipients(status.batchId(), 0, 100)
            .forEach(recipient -> shown.add(recipient.toString()));
      }
      shown.add(dispatcher.gateways().toString());
      assertThat(count(batch, RecipientState.SUPPRESSED)).isEqualTo(2);
      assertThat(count(batch, RecipientState.UNKNOWN)).isEqualTo(2);
      assertThat(count(batch, RecipientState.REJECTED)).isEqualTo(2);
      assertThat(count(expired, RecipientState.EXPIRED)).isEqualTo(1);
    } finally {
      echo.stop(0);
    }
    shown.add(backend + " " + dispatcher);

    assertThat(recording.lines.stream().map(line -> line.split(" ")[0]).collect(Collectors.toSet()))
        .contains("ERROR", "WARN", "INFO", "DEBUG");
    for (String part : new String[] {
      "is a dead letter now",
      "cannot send",
      "The listener failed",
      "fails and is asked until it answers",
      "could not be read",
      "SQLState 22P02",
      "are no recipients",
      "failed before a call was begun",
      "was rejected and is kept",
      "goes to the dead letters",
      "recipient(s)"
    }) {
      assertThat(recording.lines).as(part).anyMatch(line -> line.contains(part));
    }
    assertHidden(recording.lines);
    assertHidden(shown);
  }

  private static void assertHidden(Collection<String> lines) {
    assertThat(lines).isNotEmpty();
    assertThat(lines.stream().filter(MaskingTest::leaks)).isEmpty();
  }

  private static boolean leaks(String line) {
    return line.replaceAll("[ ()/.\\-]", "").contains(NUMBERS)
        || line.contains(CODE)
        || line.contains("geheim");
  }

  private SmsWorker worker(int port) {
    SmsGateway http = HttpGateway.builder("echo", "http://127.0.0.1:" + port + "/{number}")
        .method("POST")
        .body("application/json", "{\"to\":\"{number}\",\"text\":\"{content}\"}")
        .build();
    GatewayRouter byLane = GatewayRouter.byLane(
        Map.of(
            Lane.URGENT,
            GatewayRouter.to(http),
            Lane.BULK,
            GatewayRouter.to(LoggingGateway.create())),
        GatewayRouter.to(SmsGateway.of("vendor", 1, this::send)));
    return SmsWorker.builder(backend, failingOnce(byLane))
        .retry(
            RetryPolicy.exponential(Duration.ofMillis(1), Duration.ofMillis(5)).maxAttempts(3))
        .gatewayPause(Duration.ofMillis(100))
        .guard(request -> {
          failOnce("guard");
          return RecipientGuard.chain(List.of()).check(request);
        })
        .guard(backend.optOuts())
        .guard(
            backend.frequencyCap(Rule.atMost("all", 1, Duration.ofHours(1))).onlyFor(Lane.NORMAL))
        .source("customers", source())
        .listener(new Talkative())
        .build();
  }

  private static String number(int last) {
    return NUMBERS + last;
  }

  private static SmsBatch.Builder message() {
    return SmsBatch.builder()
        .template("t")
        .content(CONTENT)
        .sender("+86" + number(9))
        .params(Map.of("code", CODE));
  }

  private String submit(Lane lane, int... last) {
    List<String> numbers = Arrays.stream(last).mapToObj(MaskingTest::number).toList();
    List<String> bad = List.of("139 0013 9001 x", "+86 139-0013-9001 00000");
    SmsBatch batch = message()
        .lane(lane)
        .to(Stream.concat(numbers.stream(), bad.stream()).toList())
        .build();
    shown.add(batch.toString());
    return show(dispatcher.submit(batch)).batchId();
  }

  private Submission show(Submission submission) {
    shown.add(submission.toString());
    return submission;
  }

  private long count(String batch, RecipientState state) {
    return dispatcher.status(batch).orElseThrow().count(state);
  }

  private void await(String... batches) throws Exception {
    for (String batch : batches) {
      Waiting.until(
          batch + " is completed", () -> dispatcher.status(batch).orElseThrow().completed());
    }
  }

  private void failOnce(String what) {
    if (once.add(what)) {
      throw new IllegalStateException(QUOTE, new SQLException(QUOTE));
    }
  }

  /** A gateway that quotes whatever it can. */
  private SendReport send(SmsRequest request) throws GatewayException {
    String number = request.targets().get(0).number();
    shown.add(request + " " + request.targets());
    switch (number.charAt(number.length() - 1)) {
      case '1' -> {
        once.add("not sent");
        return SendReport.all(request, new SendResult.NotSent(QUOTE));
      }
      case '2' -> {
        return SendReport.all(request, new SendResult.Rejected(number, QUOTE));
      }
      case '3' -> throw new IllegalStateException(QUOTE);
      case '4' -> throw GatewayException.rejected(number, QUOTE);
      case '5' -> {
        if (once.add("pause")) {
          throw new GatewayPausedException(QUOTE);
        }
      }
      case '6' -> {
        return SendReport.all(request, new SendResult.Unknown(QUOTE));
      }
      default -> {}
    }
    return SendReport.all(request, new SendResult.Accepted("id/" + number));
  }

  /** A router that fails with a quote, once for the first gateway and once for the next. */
  private GatewayRouter failingOnce(GatewayRouter router) {
    return new GatewayRouter() {
      @Override
      public Collection<SmsGateway> gateways() {
        return router.gateways();
      }

      @Override
      public List<SmsGateway> route(Question question) {
        shown.add(question.toString());
        if (question.lane() == Lane.BULK && question.number().endsWith("9")) {
          failOnce("first route");
        } else if (once.contains("not sent")) {
          failOnce("next route");
        }
        return router.route(question);
      }
    };
  }

  private RecipientSource source() {
    return (cursor, limit) -> {
      if (once.add("source")) {
        throw new SQLException(QUOTE, "22P02");
      }
      RecipientPage page = new RecipientPage(
          List.of(
              new RecipientPage.Found(number(9), Map.of("code", CODE)),
              new RecipientPage.Found(number(9) + " x", Map.of())),
          Optional.empty());
      shown.add(page.toString());
      return page;
    };
  }

  /** A provider that says again what it was told. */
  private HttpServer echo() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> {
      String path = exchange.getRequestURI().getPath();
      String said = path + " " + new String(exchange.getRequestBody().readAllBytes(), UTF_8);
      byte[] answer =
          ("{\"code\":\"" + path + "\",\"message\":\"" + QUOTE + "\"} " + said).getBytes(UTF_8);
      exchange.getResponseHeaders().set("Location", path);
      exchange.getResponseHeaders().set("Retry-After", NUMBERS);
      int status = switch (path.charAt(path.length() - 1)) {
        case '0' -> 200;
        case '1' -> 400;
        case '2' -> 500;
        default -> once.add("echo is paused") ? 403 : 409;
      };
      exchange.sendResponseHeaders(status, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    server.start();
    return server;
  }

  private void refused() {
    String number = number(1);
    dispatcher.submit(message().idempotencyKey("otp-" + number).to(number).build());
    List<Runnable> attempts = List.of(
        () -> dispatcher.submit(message().to(number + "000000").build()),
        () -> dispatcher.submit(message()
            .content("other")
            .idempotencyKey("otp-" + number)
            .to(number)
            .build()),
        () -> dispatcher.submit(
            message().maxCost(new BigDecimal("0.01")).to(number).build()),
        () -> message().idempotencyKey(number + "\n").to(number).build(),
        () -> message().content(CONTENT + "\u0000").to(number).build(),
        () -> message().params(Map.of(number, "\u0000")).to(number).build(),
        () -> message().params(Map.of("code", CONTENT.repeat(1_000))).to(number).build(),
        () -> dispatcher.submit(
            message().content(CONTENT.repeat(1_000)).to(number).build()),
        () -> new Recipient(number, Map.of("code", CODE + "\u0000")),
        () -> WebhookRequest.of("POST", "https://h.example/" + number, Map.of(), new byte[2 << 20]),
        () -> RedisListIntake.builder(backend, dispatcher).list(" "),
        () -> join(backend.optOuts().add(number + " x")),
        () -> AllowList.of(number + " x"),
        () -> Rule.atMost("x " + number, 1, Duration.ofHours(1)),
        () -> RedisSmsBackend.connect("redis://:" + CODE + "@127.0.0.1:1/" + number + "x", "x"));
    for (Runnable attempt : attempts) {
      Throwable thrown = catchThrowable(attempt::run);
      assertThat(thrown).as("attempt %d", attempts.indexOf(attempt)).isNotNull();
      for (Throwable each = thrown; each != null; each = each.getCause()) {
        shown.add(each.toString());
      }
    }
  }

  private void rejectedJobs() {
    for (String job : List.of(
        "{\"mobiles\":[\"13900139001\"",
        "{\"mobiles\":[\"13900139001000000\"],\"content\":\"geheim\"}",
        "{\"mobiles\":[\"13900139001\"],\"content\":\"geheim\\u0000\"}",
        "{\"mobiles\":[\"13900139001\"],\"content\":\"x\",\"params\":{\"13900139001\":\"\\u0000\"}}",
        "{\"mobiles\":[\"13900139001\"],\"content\":\"x\",\"lane\":\"13900139001\"}")) {
      cli.redis().lpush(list, job);
    }
  }

  /** Tasks that somebody has written who should not. */
  private void garbage() {
    List<String> payloads = List.of(
        "13900139001 geheim",
        "{\"v\":1,\"b\":\"b\",\"u\":\"13900139001\"}",
        "{\"v\":1,\"b\":\"b\",\"q\":{\"13900139001\":{}}}");
    for (int i = 0; i < payloads.size(); i++) {
      join(backend
          .queue()
          .enqueue(List.of(new QueueEntry(
              "garbage:" + i,
              "garbage",
              Lane.NORMAL,
              Duration.ZERO,
              payloads.get(i).getBytes(UTF_8)))));
    }
  }

  private void receipts(String batch) {
    DeliveryReceipts receipts = DeliveryReceipts.of(backend, new Talkative());
    List<Receipt> some = List.of(
        Receipt.ofMessage("vendor", "id/+86" + number(0), RecipientState.DELIVERED, "ok"),
        Receipt.ofMessage("vendor", "id/+86" + number(9), RecipientState.UNDELIVERED, "ok"));
    shown.add(some.toString());
    shown.add(receipts.accept(some).join().toString());
    assertThat(count(batch, RecipientState.DELIVERED)).isEqualTo(1);
  }

  /** A listener that fails, with all that it was told in its message. */
  private final class Talkative implements SmsListener {
    private void fail(Object event) {
      shown.add(event.toString());
      throw new IllegalStateException(QUOTE);
    }

    @Override
    public void batchAccepted(Submission submission) {
      fail(submission);
    }

    @Override
    public void sent(RecipientEvent event) {
      fail(event);
    }

    @Override
    public void rejected(RecipientEvent event) {
      shown.add(event.detail());
      fail(event);
    }

    @Override
    public void retried(RecipientEvent event, Duration delay) {
      shown.add(event.detail());
      fail(event);
    }

    @Override
    public void dead(RecipientEvent event) {
      shown.add(event.detail());
      fail(event);
    }

    @Override
    public void unknown(RecipientEvent event) {
      shown.add(event.detail());
      fail(event);
    }

    @Override
    public void skipped(RecipientEvent event) {
      shown.add(event.detail());
      fail(event);
    }

    @Override
    public void receipt(RecipientEvent event) {
      fail(event);
    }

    @Override
    public void batchCompleted(BatchStatus status) {
      fail(status);
    }

    @Override
    public void gatewayPaused(String gateway, String reason, Duration pause) {
      fail(reason);
    }
  }

  private static final class Recording extends AppenderBase<ILoggingEvent> {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      lines.add(event.getLevel() + " " + event.getFormattedMessage()
          + (event.getThrowableProxy() == null
              ? ""
              : " " + ThrowableProxyUtil.asString(event.getThrowableProxy())));
    }
  }
}
