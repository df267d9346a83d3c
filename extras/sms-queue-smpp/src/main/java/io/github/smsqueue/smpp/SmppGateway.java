// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.Receipt;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocketFactory;
import org.jsmpp.SMPPConstant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An SMSC, by SMPP 3.4. Thread-safe.
 *
 * <pre>{@code
 * DeliveryReceipts receipts = DeliveryReceipts.of(backend, listener);
 * SmppGateway gateway = SmppGateway.builder("smsc.example", 2775, "shop", password)
 *     .binds(2)
 *     .window(20)
 *     .sender("Shop")
 *     .onReceipt(receipt -> receipts.accept(List.of(receipt)).join())
 *     .build();
 * }</pre>
 *
 * <p>It keeps its transceiver binds up for as long as it is not closed: one that is refused, cut or
 * silent is made again, after a wait that doubles up to a bound, forever. A call takes a free slot in
 * the window of a bind, waits for one only a bounded time, and then for the answers.
 *
 * <p>A call is <i>not sent</i> when nothing was written (no bind is up, no slot came free) or the SMSC
 * says so (throttled, queue full); <i>unknown</i> when the answer does not come in time, the bind is
 * lost meanwhile, or the status says neither yes nor no. A text of several parts is accepted when all
 * of them are, under the message id of the first, and only for that one a receipt is asked for. When
 * the first part was accepted and a later one was not, the outcome is unknown, whatever the reason:
 * the recipient may have got something, so nobody is to call again by himself.
 *
 * <p>Numbers are masked in what it logs, texts never shown.
 */
public final class SmppGateway implements SmsGateway, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(SmppGateway.class);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

  private final String name;
  private final BindSettings settings;
  private final MessageSettings messages;
  private final TextEncoder encoder;
  private final Answers answers;
  private final Links links;
  private final ReceiptDesk receipts;
  private final Map<BindLoop, Thread> binds = new LinkedHashMap<>();
  private final ScheduledExecutorService watch;
  private final AtomicBoolean closed = new AtomicBoolean();

  private SmppGateway(Builder builder) {
    this.name = builder.name;
    this.settings = builder.bindSettings();
    this.messages = builder.messageSettings();
    this.encoder = new TextEncoder(builder.latin1, builder.messagePayload);
    this.answers = new Answers(builder.messageIds, builder.statuses);
    this.links = new Links(builder.binds, builder.window, builder.slotWait);
    this.receipts = new ReceiptDesk(
        new ReceiptReader(name, builder.messageIds),
        Optional.ofNullable(builder.onReceipt),
        builder.receiptThreads,
        threads("receipt"));
    this.watch = Executors.newSingleThreadScheduledExecutor(threads("watch"));
    ThreadFactory threads = threads("bind");
    for (int i = 1; i <= builder.binds; i++) {
      BindLoop loop = new BindLoop(name + "-" + i, i, settings, links, receipts);
      binds.put(loop, threads.newThread(loop));
    }
  }

  private void start() {
    log.info("{} starts", this);
    binds.values().forEach(Thread::start);
    var unused = watch.scheduleWithFixedDelay(
        () -> links.bound().forEach(Link::endIfUseless), 1, 1, TimeUnit.SECONDS);
  }

  private ThreadFactory threads(String task) {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, "sms-" + name + "-" + task + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * A gateway to an SMSC.
   *
   * @param host its name or address
   * @param port usually 2775
   * @param systemId the account, at most 15 characters
   * @param password at most 8 characters (SMPP 3.4, 5.2.2)
   */
  public static Builder builder(String host, int port, String systemId, String password) {
    return new Builder(host, port, systemId, password);
  }

  /**
   * A gateway as settings describe it. The keys are {@code host}, {@code port} (default 2775), {@code
   * systemId} and {@code password}; the names of the methods of {@link Builder} that take a number, a
   * text, a truth value ({@code true} or {@code false}), a {@link MessageIds} or a duration ({@code
   * 500ms}, {@code 10s}, {@code 2m}); {@code addressTonNpi}, {@code sourceTonNpi} and {@code
   * destinationTonNpi}, each {@code TON/NPI}; {@code reconnectFirst} and {@code reconnectLongest}; {@code
   * truststore} and {@code truststorePassword}; and {@code status.CODE}, such as {@code status.0x0400},
   * with a {@link StatusClass}.
   *
   * @return to be completed by what is no text, such as {@link Builder#onReceipt}
   * @throws InvalidFieldException naming the key that is unknown, missing or has a bad value
   */
  public static Builder fromProperties(Map<String, String> properties) {
    return SmppProperties.builder(properties);
  }

  @Override
  public String name() {
    return name;
  }

  /** How many binds are up at this moment. */
  public int bound() {
    return links.bound().size();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException after {@link #close}
   */
  @Override
  public SendReport send(SmsRequest request) throws GatewayException {
    if (closed.get()) {
      throw new IllegalStateException("the gateway " + name + " is closed");
    }
    if (request.targets().size() > 1) {
      throw GatewayException.notSent(
          request.targets().size() + " recipients, at most 1 is allowed", Duration.ZERO, null);
    }
    Submission submission = messages.submission(request);
    List<Part> parts = encoder.parts(request
        .message()
        .content()
        .orElseThrow(() -> GatewayException.rejected("TEXT", "SMPP needs a message with a text")));
    if (parts.isEmpty()) {
      throw GatewayException.rejected("TEXT", "the text is too long for SMPP");
    }
    return SendReport.all(request, submit(submission, parts));
  }

  private SendResult submit(Submission submission, List<Part> parts) throws GatewayException {
    Link link = links.take();
    boolean mine = true;
    int accepted = 0;
    String messageId = "";
    try {
      for (Part part : parts) {
        Pdu answer = link.submit(submission, part, accepted == 0);
        if (answers.meaning(answer) != StatusClass.ACCEPTED) {
          return accepted == 0
              ? refused(link, answer)
              : partly(accepted, parts, CommandStatus.name(answer.status()));
        }
        if (accepted == 0) {
          messageId = answers.messageId(answer);
        }
        accepted++;
      }
      return new SendResult.Accepted(messageId);
    } catch (NotWrittenException e) {
      return accepted == 0
          ? new SendResult.NotSent(e.reason())
          : partly(accepted, parts, e.reason());
    } catch (NoAnswerException e) {
      mine = false;
      return accepted == 0
          ? new SendResult.Unknown(e.reason())
          : partly(accepted, parts, e.reason());
    } finally {
      if (mine) {
        links.release(link);
      }
    }
  }

  private SendResult refused(Link link, Pdu answer) throws GatewayException {
    String reason = CommandStatus.name(answer.status());
    if (answer.status() == SMPPConstant.STAT_ESME_RINVBNDSTS) {
      link.end("the SMSC says that it is not bound: " + reason);
    }
    return switch (answers.meaning(answer)) {
      case THROTTLED -> SendResult.NotSent.throttled(reason, Duration.ZERO);
      case NOT_SENT -> new SendResult.NotSent(reason);
      case REJECTED -> new SendResult.Rejected("0x%02X".formatted(answer.status()), reason);
      case PAUSED -> throw new GatewayPausedException("the SMSC refused a message: " + reason);
      case ACCEPTED, UNKNOWN -> new SendResult.Unknown(reason);
    };
  }

  private static SendResult partly(int accepted, List<Part> parts, String reason) {
    return new SendResult.Unknown(
        accepted + " of " + parts.size() + " parts were accepted, then: " + reason);
  }

  /**
   * Unbinds, lets the answers that come before the SMSC has unbound still count, and ends all
   * connections and threads; takes a few seconds at most. A second call does nothing.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    Duration patience = settings.responseTimeout().compareTo(LONGEST_CLOSE) < 0
        ? settings.responseTimeout()
        : LONGEST_CLOSE;
    links.close();
    // A thread each: a bind whose writes are stuck must not hold up the others.
    ThreadFactory threads = threads("close");
    binds.keySet().forEach(loop -> threads.newThread(loop::close).start());
    awaitBinds(patience);
    binds.keySet().forEach(BindLoop::kill);
    awaitBinds(patience);
    receipts.close(patience);
    watch.shutdownNow();
    log.info("SMPP gateway {} is closed", name);
  }

  private void awaitBinds(Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    try {
      for (Thread bind : binds.values()) {
        TimeUnit.NANOSECONDS.timedJoin(bind, Math.max(1, deadline - System.nanoTime()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "SmppGateway[" + name + ", " + binds.size() + " binds, " + settings + ", " + messages
        + ", " + encoder + ", messageIds=" + answers.ids() + "]";
  }

  /** Not thread-safe. */
  public static final class Builder {
    private final String host;
    private final int port;
    private final String systemId;
    private final String password;
    private final Map<Integer, StatusClass> statuses = new HashMap<>();
    private String name = "smpp";
    private String systemType = "";
    private TonNpi addressKind = TonNpi.UNKNOWN;
    private String addressRange = "";
    private int binds = 1;
    private int window = 10;
    private Duration slotWait = Duration.ofSeconds(2);
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration responseTimeout = Duration.ofSeconds(15);
    private Duration enquireLink = Duration.ofSeconds(30);
    private Backoff reconnect = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1));
    private Optional<SSLSocketFactory> tls = Optional.empty();
    private boolean verifyHostname = true;
    private String sender = "";
    private @Nullable TonNpi source;
    private TonNpi destination = TonNpi.E164;
    private String serviceType = "";
    private boolean latin1;
    private boolean messagePayload;
    private @Nullable Integer registeredDelivery;
    private MessageIds messageIds = MessageIds.AS_IS;
    private @Nullable Consumer<Receipt> onReceipt;
    private int receiptThreads = 4;

    private Builder(String host, int port, String systemId, String password) {
      if (host.isBlank()) {
        throw new InvalidFieldException("host", "is blank");
      }
      if (port < 1 || port > 65_535) {
        throw new InvalidFieldException("port", port + " is not within 1 and 65535");
      }
      this.host = host;
      this.port = port;
      this.systemId = text("systemId", systemId, 15);
      this.password = text("password", password, 8);
    }

    /** The name in logs, events, receipts and rate limits; default {@code smpp}. */
    public Builder name(String name) {
      if (name.isBlank()) {
        throw new InvalidFieldException("name", "is blank");
      }
      this.name = name;
      return this;
    }

    /** The system_type of the bind, at most 12 characters; default none. */
    public Builder systemType(String systemType) {
      this.systemType = text("systemType", systemType, 12);
      return this;
    }

    /** The address_range of the bind, at most 40 characters; default none. */
    public Builder addressRange(String addressRange) {
      this.addressRange = text("addressRange", addressRange, 40);
      return this;
    }

    /** The addr_ton and addr_npi of the bind; default 0 and 0. */
    public Builder addressTonNpi(int ton, int npi) {
      this.addressKind = TonNpi.of("addressTonNpi", ton, npi);
      return this;
    }

    /** How many binds to keep up; default 1. */
    public Builder binds(int binds) {
      this.binds = positive("binds", binds);
      return this;
    }

    /** How many messages a bind has outstanding at most; default 10. */
    public Builder window(int window) {
      this.window = positive("window", window);
      return this;
    }

    /** How long a call waits for a bind with a free slot; default 2 seconds. */
    public Builder slotWait(Duration wait) {
      this.slotWait = positive("slotWait", wait);
      return this;
    }

    /** How long connecting may take, and the TLS handshake; default 10 seconds. */
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = positive("connectTimeout", timeout);
      return this;
    }

    /**
     * How long to wait for an answer of the SMSC, also to a bind and an enquire_link; default 15
     * seconds. All parts of a text together should stay below the call time-out of the worker.
     */
    public Builder responseTimeout(Duration timeout) {
      this.responseTimeout = positive("responseTimeout", timeout);
      return this;
    }

    /** After what time of silence to send an enquire_link; default 30 seconds. */
    public Builder enquireLink(Duration interval) {
      this.enquireLink = positive("enquireLink", interval);
      return this;
    }

    /** How long to wait before the second attempt to bind, and at most; default 1 second, 1 minute. */
    public Builder reconnect(Duration first, Duration longest) {
      positive("reconnectFirst", first);
      if (longest.compareTo(first) < 0) {
        throw new InvalidFieldException("reconnectLongest", longest + " < " + first);
      }
      this.reconnect = new Backoff(first, positive("reconnectLongest", longest));
      return this;
    }

    /** With TLS, trusting whom the JVM trusts; default without. */
    public Builder tls() {
      return tls((SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    /** With TLS, trusting the certificates in a PKCS12 or JKS file. */
    public Builder tls(Path truststore, String password) {
      return tls(Truststore.socketFactory(truststore, password));
    }

    /** With TLS of your own making, for example with a client certificate. */
    public Builder tls(SSLSocketFactory factory) {
      this.tls = Optional.of(factory);
      return this;
    }

    /** Whether the certificate has to be one for the host (RFC 2818); default true. */
    public Builder verifyHostname(boolean verify) {
      this.verifyHostname = verify;
      return this;
    }

    /** The sender of messages that have none; default none: the SMSC's choice. */
    public Builder sender(String sender) {
      if (!sender.isEmpty() && Address.sender(sender, Optional.empty()).isEmpty()) {
        throw new InvalidFieldException("sender", "has to have at most 20 characters, all ASCII");
      }
      this.sender = sender;
      return this;
    }

    /**
     * Type of number and numbering plan of every sender. By default 1/1 for one with a plus or more
     * than eight digits, 3/0 for a short code of up to eight, 5/0 for a name.
     */
    public Builder sourceTonNpi(int ton, int npi) {
      this.source = TonNpi.of("sourceTonNpi", ton, npi);
      return this;
    }

    /** Type of number and numbering plan of the recipients; default 1/1. */
    public Builder destinationTonNpi(int ton, int npi) {
      this.destination = TonNpi.of("destinationTonNpi", ton, npi);
      return this;
    }

    /** The service_type of messages, at most 5 characters; default none. */
    public Builder serviceType(String serviceType) {
      this.serviceType = text("serviceType", serviceType, 5);
      return this;
    }

    /**
     * Whether a text that is not in GSM 7 bit but in ISO 8859-1 goes with data_coding 3, in parts of 140
     * or 134 characters; default false: as UCS-2.
     */
    public Builder latin1(boolean latin1) {
      this.latin1 = latin1;
      return this;
    }

    /**
     * Whether a text of several parts goes in one submit_sm, in the parameter message_payload, and is
     * cut by the SMSC; default false: cut here, with user data headers, into at most 255 parts.
     */
    public Builder messagePayload(boolean payload) {
      this.messagePayload = payload;
      return this;
    }

    /**
     * The registered_delivery of messages (SMPP 3.4, 5.2.17), for several parts that of the first;
     * default 1, a receipt for every outcome, if there is a consumer of receipts, else 0.
     */
    public Builder registeredDelivery(int value) {
      if (value < 0 || value > 0x1F) {
        throw new InvalidFieldException("registeredDelivery", value + " is not within 0 and 31");
      }
      this.registeredDelivery = value;
      return this;
    }

    /** How the ids in answers are made those of receipts; default {@link MessageIds#AS_IS}. */
    public Builder messageIds(MessageIds ids) {
      this.messageIds = ids;
      return this;
    }

    /**
     * Who gets the receipts, on threads of the gateway, several at a time; one may come before {@link
     * SmppGateway#send} has returned. The SMSC is told that a receipt is taken when the consumer has
     * returned, and delivers it again when it throws; so it should return when the receipt is stored.
     * Default nobody: receipts that come nevertheless are dropped.
     */
    public Builder onReceipt(Consumer<Receipt> consumer) {
      this.onReceipt = consumer;
      return this;
    }

    /** How many receipts the consumer gets at a time; default 4. */
    public Builder receiptThreads(int threads) {
      this.receiptThreads = positive("receiptThreads", threads);
      return this;
    }

    /**
     * What a command_status of this SMSC means for a message, for those of the vendor's own (0x400 to
     * 0x4FF), which are unknown by default.
     *
     * @param meaning all but {@link StatusClass#ACCEPTED}
     */
    public Builder status(int commandStatus, StatusClass meaning) {
      if (commandStatus == 0 || meaning == StatusClass.ACCEPTED) {
        throw new InvalidFieldException(
            "status", CommandStatus.name(commandStatus) + " cannot mean " + meaning);
      }
      statuses.put(commandStatus, meaning);
      return this;
    }

    /** The gateway, which begins to bind; this method does not wait for it. */
    public SmppGateway build() {
      SmppGateway gateway = new SmppGateway(this);
      gateway.start();
      return gateway;
    }

    private BindSettings bindSettings() {
      return new BindSettings(
          new Endpoint(host, port, tls, verifyHostname, connectTimeout),
          new Credentials(systemId, password, systemType, addressKind, addressRange),
          window,
          responseTimeout,
          enquireLink,
          reconnect);
    }

    private MessageSettings messageSettings() {
      int receipts = onReceipt == null ? 0 : 1;
      return new MessageSettings(
          sender,
          Optional.ofNullable(source),
          destination,
          serviceType,
          registeredDelivery == null ? receipts : registeredDelivery);
    }

    private static String text(String field, String value, int longest) {
      if (value.length() > longest) {
        throw new InvalidFieldException(
            field, "has " + value.length() + " characters, SMPP 3.4 allows at most " + longest);
      }
      if (!value.chars().allMatch(c -> c > 0 && c < 0x80)) {
        throw new InvalidFieldException(field, "is not all ASCII");
      }
      return value;
    }

    private static int positive(String field, int value) {
      if (value < 1) {
        throw new InvalidFieldException(field, value + " < 1");
      }
      return value;
    }

    private static Duration positive(String field, Duration value) {
      if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofDays(1)) > 0) {
        throw new InvalidFieldException(field, value + " is not within 1 ms and 1 day");
      }
      return value;
    }
  }
}
