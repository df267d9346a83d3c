// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.PayloadKeys;
import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.guard.FrequencyCap;
import io.github.smsqueue.guard.OptOutList;
import io.github.smsqueue.spi.BatchLedger;
import io.github.smsqueue.spi.GatewayBoard;
import io.github.smsqueue.spi.RateLimiter;
import io.github.smsqueue.spi.SmsQueue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SslOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import java.time.Duration;
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
 * append-only file. A backend uses one connection for all commands and one more for each set of lanes
 * that its workers wait for.
 */
public final class RedisSmsBackend implements SmsBackend {
  private static final Logger log = LoggerFactory.getLogger(RedisSmsBackend.class);

  private final RedisLink link;
  private final IndexHash index;
  private final SmsQueue queue;
  private final RedisLedger ledger;
  private final RedisLimiter limiter;
  private final RedisBoard board;
  private final String description;

  private RedisSmsBackend(RedisServer server, Builder builder) {
    link = new RedisLink(server, builder.name, builder.timeout);
    index = builder.indexKey.map(key -> IndexHash.under(key, builder.name)).orElse(IndexHash.PLAIN);
    boolean durable;
    try {
      ServerCheck.Server checked = ServerCheck.check(link);
      ServerCheck.checkIndexKey(link, index);
      durable = checked.durable();
      description =
          "RedisSmsBackend[%s, Redis %s, %s]".formatted(builder.name, checked.version(), server);
    } catch (RuntimeException e) {
      link.close();
      throw e;
    }
    queue = new RedisQueue(link, index, builder.blockTime, durable);
    ledger = new RedisLedger(link, index);
    limiter = new RedisLimiter(link);
    board = new RedisBoard(link);
    log.info(
        "{} is connected: timeout={}, blockTime={}, durable={}, indexKey={}",
        description,
        builder.timeout,
        builder.blockTime,
        durable,
        index.keyed());
  }

  /** A view with another queue. */
  private RedisSmsBackend(RedisSmsBackend backend, SmsQueue queue) {
    this.link = backend.link;
    this.index = backend.index;
    this.queue = queue;
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
    return new RedisSmsBackend(this, SmsBackend.super.encrypted(keys).queue());
  }

  /** True but for a cluster, which may redirect one of two commands and not the other. */
  @Override
  public boolean ordered() {
    return link.ordered();
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
    private String name = "sms";
    private Duration timeout = Duration.ofSeconds(2);
    private Duration blockTime = Duration.ofSeconds(5);

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
     * @throws IllegalArgumentException when the URI is none, or has no use for {@link #tls}
     * @throws io.github.smsqueue.QueueUnavailableException when Redis does not answer in time
     * @throws io.github.smsqueue.SmsQueueException when the server is too old or evicts keys, or the
     *     queue was used with another index key
     */
    public RedisSmsBackend build() {
      return new RedisSmsBackend(server.apply(timeout, tls), this);
    }
  }
}
