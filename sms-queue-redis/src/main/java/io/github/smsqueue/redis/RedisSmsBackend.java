// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.PayloadKeys;
import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.guard.FrequencyCap;
import io.github.smsqueue.guard.OptOutList;
import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.BatchLedger.NewBatch;
import io.github.smsqueue.spi.BatchLedger.Opened;
import io.github.smsqueue.spi.BatchLedger.Results;
import io.github.smsqueue.spi.GatewayBoard;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.RateLimiter;
import io.github.smsqueue.spi.Settled;
import io.github.smsqueue.spi.SmsQueue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SslOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps queue, ledger, rate limits and the board of gateways in Redis 6.2 or later: one server, one behind Sentinel, or a
 * cluster. Thread-safe.
 *
 * <p>Everything of one name lies in one slot; several names spread over a cluster. The server must
 * not evict keys ({@code maxmemory-policy noeviction}), and what it has accepted is as durable as its
 * append-only file. A backend uses one connection for all commands, one more when it waits for replicas
 * or the disk, and one for each set of lanes that its workers wait for.
 */
public final class RedisSmsBackend implements SmsBackend {
  private static final Logger log = LoggerFactory.getLogger(RedisSmsBackend.class);

  private final RedisLink link;
  private final IndexHash index;
  private final SmsQueue queue;

  /** What puts encrypted tasks into the backend that this one is a view of. */
  private final Optional<SmsBackend> sealed;

  private final PayloadWriter writer;
  private final RedisLedger ledger;
  private final RedisLimiter limiter;
  private final RedisBoard board;
  private final String description;

  private RedisSmsBackend(RedisServer server, Builder builder) {
    link = new RedisLink(server, builder.name, builder.timeout, builder.confirmation(server));
    index = builder.indexKey.map(key -> IndexHash.under(key, builder.name)).orElse(IndexHash.PLAIN);
    boolean durable;
    try {
      ServerCheck.Server checked = ServerCheck.check(link);
      ServerCheck.checkIndexKey(link, index);
      ServerCheck.checkConfirmation(link, checked);
      durable = checked.durable();
      description =
          "RedisSmsBackend[%s, Redis %s, %s]".formatted(builder.name, checked.version(), server);
    } catch (RuntimeException e) {
      link.close();
      throw e;
    }
    sealed = Optional.empty();
    writer = new PayloadWriter(link);
    queue = new RedisQueue(link, index, writer, builder.blockTime, durable);
    ledger = new RedisLedger(link, index, builder.few);
    limiter = new RedisLimiter(link);
    board = new RedisBoard(link);
    log.info(
        "{} is connected: timeout={}, blockTime={}, durable={}, waitForReplicas={}, waitForDisk={},"
            + " indexKey={}",
        description,
        builder.timeout,
        builder.blockTime,
        durable,
        builder.replicas,
        builder.disk,
        index.keyed());
  }

  /** A view with another queue. */
  private RedisSmsBackend(RedisSmsBackend backend, SmsBackend sealed) {
    this.sealed = Optional.of(sealed);
    this.link = backend.link;
    this.index = backend.index;
    this.writer = backend.writer;
    this.queue = sealed.queue();
    this.ledger = backend.ledger;
    this.limiter = backend.limiter;
    this.board = backend.board;
    this.description = "encrypted " + backend.description;
  }

  /**
   * Connects with all settings at their defaults; see {@link #builder(String)}.
   *
   * @param name of the queue: 1 to 64 letters, digits, dots, underscores or hyphens
   */
  public static RedisSmsBackend connect(String uri, String name) {
    return builder(uri).name(name).build();
  }

  /**
   * A backend with connections of its own.
   *
   * @param uri {@code redis://[[user]:password@]host[:port][/database]}, with {@code rediss} for TLS,
   *     {@code redis-sentinel://host,host/database#master}, {@code redis-socket:///path}, or {@code
   *     redis-cluster://host:port,host:port} and {@code rediss-cluster} for a cluster
   */
  public static Builder builder(String uri) {
    return new Builder((timeout, tls) -> RedisServer.at(uri, timeout, tls));
  }

  /**
   * A backend on connections of the host's client, which {@link #close} leaves open and whose options
   * are not changed. A client that re-sends commands after a reconnect should have a {@code
   * replayFilter}; without one a lease that is lost on the way ends by time.
   */
  public static Builder builder(RedisClient client) {
    return new Builder((timeout, tls) -> RedisServer.of(client, tls));
  }

  /** Like {@link #builder(RedisClient)}, for a cluster. */
  public static Builder builder(RedisClusterClient client) {
    return new Builder((timeout, tls) -> RedisServer.of(client, tls));
  }

  @Override
  public SmsQueue queue() {
    return queue;
  }

  @Override
  public BatchLedger ledger() {
    return ledger;
  }

  @Override
  public RateLimiter limiter() {
    return limiter;
  }

  @Override
  public GatewayBoard board() {
    return board;
  }

  /** The opt-out list named {@code default} of all workers of this queue. */
  public OptOutList optOuts() {
    return optOuts("default");
  }

  /**
   * An opt-out list of all workers of this queue, kept until numbers are removed.
   *
   * @param list 1 to 64 letters, digits, dots, underscores or hyphens: a brand, a kind of message
   */
  public OptOutList optOuts(String list) {
    return OptOutList.of(new RedisOptOuts(link, index, list));
  }

  /**
   * Hashes the numbers of an opt-out list that were added before there was an index key. They count
   * until then, too; run it when all processes have the key.
   *
   * @return how many numbers were in the clear
   * @throws IllegalStateException when there is no {@linkplain Builder#indexKey index key}
   */
  public CompletionStage<Integer> hashOptOuts(String list) {
    return new RedisOptOuts(link, index, list).hash();
  }

  /** A frequency cap over all workers of this queue, on the server's clock. */
  public FrequencyCap frequencyCap(FrequencyCap.Rule rule) {
    return FrequencyCap.of(rule, new RedisCap(link, index));
  }

  /**
   * {@inheritDoc}
   *
   * <p>What else is in Redis has no text in it; {@link Builder#indexKey} takes the numbers out.
   */
  @Override
  public RedisSmsBackend encrypted(PayloadKeys keys) {
    return new RedisSmsBackend(this, SmsBackend.super.encrypted(keys));
  }

  /** True but for a cluster, which may redirect one of two commands and not the other. */
  @Override
  public boolean ordered() {
    return link.ordered();
  }

  @Override
  public CompletionStage<Opened> store(NewBatch batch, List<QueueEntry> tasks) {
    if (sealed.isPresent()) {
      return sealed.get().store(batch, tasks);
    }
    if (!PayloadWriter.fitsOneStep(tasks)) {
      return SmsBackend.super.store(batch, tasks);
    }
    link.checkOpen();
    return RedisFailure.mapped(
        link.name(), writer.store(ledger.opening(batch), tasks).thenApply(RedisLedger::opened));
  }

  @Override
  public CompletionStage<Finished> finish(Results results, Lease lease) {
    Arguments arguments = Arguments.of(lease.id(), lease.token());
    arguments.addAll(ledger.recording(results).values());
    return RedisFailure.mapped(
        link.name(),
        link.run(RedisScripts.FINISH, arguments)
            .thenApply(reply -> new Finished(
                RedisLedger.recorded(reply, 1),
                reply.number(0) == 1 ? Settled.OK : Settled.STALE)));
  }

  RedisLink link() {
    return link;
  }

  @Override
  public void close() {
    queue.close();
    log.info("{} is closed", description);
  }

  /** Shows no credentials. */
  @Override
  public String toString() {
    return description;
  }

  /** Settings of a backend. Not thread-safe. */
  public static final class Builder {
    private static final Duration MIN_TIME = Duration.ofMillis(10);
    private static final Duration MAX_TIME = Duration.ofSeconds(10);

    private final BiFunction<Duration, Optional<SslOptions>, RedisServer> server;
    private Optional<SslOptions> tls = Optional.empty();
    private Optional<byte[]> indexKey = Optional.empty();
    private int replicas;
    private boolean disk;
    private String name = "sms";
    private Duration timeout = Duration.ofSeconds(2);
    private Duration blockTime = Duration.ofSeconds(5);

    /** Redis keeps a hash compact as long as its values have no more bytes. */
    private int few = 64;

    private Builder(BiFunction<Duration, Optional<SslOptions>, RedisServer> server) {
      this.server = server;
    }

    /** Whose queue this is: 1 to 64 letters, digits, dots, underscores or hyphens; default sms. */
    public Builder name(String name) {
      this.name = new RedisKeys(name).name();
      return this;
    }

    /** After how long a command fails, at most ten seconds; default two seconds. */
    public Builder timeout(Duration timeout) {
      this.timeout = checked("timeout", timeout);
      return this;
    }

    /**
     * How long an idle worker blocks at a time, at most ten seconds; default five seconds. Work wakes
     * it at once; this is how late it finds what a process that died has left.
     */
    public Builder blockTime(Duration blockTime) {
      this.blockTime = checked("blockTime", blockTime);
      return this;
    }

    /**
     * Whom to trust, and who we are for a server that wants to know, as Lettuce has it; for a URI that
     * asks for TLS. Default: the authorities that Java trusts, and no certificate of our own. Its
     * handshake time-out is not looked at, since {@link #timeout} holds.
     */
    public Builder tls(SslOptions tls) {
      this.tls = Optional.of(tls);
      return this;
    }

    /**
     * Hashes numbers under this key wherever they, or what they could be guessed from, are outside the
     * payloads: opt-out lists, frequency caps, idempotency, receipts. Default none: opt-outs are in the
     * clear, the others are plain hashes.
     *
     * <p>It is for ever: another key finds nothing of what this one hashed, so a queue that was used with
     * one refuses to be used with another, or with none. It is no payload key and is not rotated.
     *
     * @param key 32 bytes from a good source of randomness; copied
     */
    public Builder indexKey(byte[] key) {
      this.indexKey = Optional.of(IndexHash.checked(key).clone());
      return this;
    }

    /**
     * Waits until so many replicas have a write, before a submission, a pause, a resumption, a
     * cancellation or an opt-out counts, and before each call ({@code WAIT}): then a fail-over to one
     * of them forgets nothing that the host was promised, and nobody is called again. While there are
     * fewer, submissions fail with {@link io.github.smsqueue.QueueUnavailableException}, and nobody is
     * called. Default 0. Not with a cluster, nor with a client of the host.
     *
     * @param replicas 0 to 16
     */
    public Builder waitForReplicas(int replicas) {
      if (replicas < 0 || replicas > 16) {
        throw new IllegalArgumentException("waitForReplicas: must be 0 to 16: " + replicas);
      }
      this.replicas = replicas;
      return this;
    }

    /**
     * Waits as {@link #waitForReplicas} does, until a write is on the disk of the server and of these
     * replicas ({@code WAITAOF}, Redis 7.2 or later, with {@code appendonly yes}): then a power cut
     * forgets nothing of it, even with {@code appendfsync everysec}, whose second each of these steps
     * may take. Default false. Not with a cluster, nor with a client of the host.
     */
    public Builder waitForDisk(boolean waitForDisk) {
      this.disk = waitForDisk;
      return this;
    }

    /** Up to how many recipients their letters lie in the hash of the batch. */
    Builder few(int recipients) {
      this.few = recipients;
      return this;
    }

    private Confirmation confirmation(RedisServer connected) {
      Confirmation confirmation = new Confirmation(replicas, disk);
      if (!confirmation.isNone() && !connected.confirms()) {
        connected.close();
        throw new IllegalArgumentException(
            "waitForReplicas and waitForDisk: not with a cluster, nor with a client of the host; set"
                + " min-replicas-to-write on the servers");
      }
      return confirmation;
    }

    private static Duration checked(String field, Duration value) {
      if (value.compareTo(MIN_TIME) < 0 || value.compareTo(MAX_TIME) > 0) {
        throw new IllegalArgumentException(
            "%s: must be between %s and %s: %s".formatted(field, MIN_TIME, MAX_TIME, value));
      }
      return value;
    }

    /**
     * Connects; blocks.
     *
     * @throws IllegalArgumentException when the URI is none, or has no use for {@link #tls}, {@link
     *     #waitForReplicas} or {@link #waitForDisk}
     * @throws io.github.smsqueue.QueueUnavailableException when Redis does not answer in time
     * @throws io.github.smsqueue.SmsQueueException when the server is too old, evicts keys or cannot
     *     wait for its disk, or the queue was used with another index key
     */
    public RedisSmsBackend build() {
      return new RedisSmsBackend(server.apply(timeout, tls), this);
    }
  }
}
