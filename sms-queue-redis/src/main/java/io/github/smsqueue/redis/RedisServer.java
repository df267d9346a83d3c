// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Redis server or cluster to which connections can be opened. Thread-safe. {@code toString} shows
 * no credentials.
 */
final class RedisServer implements AutoCloseable {
  static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  /** More commands on their way than this are refused, so that memory stays bounded. */
  private static final int MAX_REQUESTS = 100_000;

  /** How often a lost connection is opened again, at the least. */
  private static final Duration MAX_RECONNECT_DELAY = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(RedisServer.class);

  private final AbstractRedisClient client;
  private final boolean own;
  private final String description;

  /** A connection and its commands, which are the same for servers and clusters. */
  record Line(
      StatefulConnection<String, byte[]> connection,
      RedisClusterAsyncCommands<String, byte[]> commands) {}

  private RedisServer(AbstractRedisClient client, boolean own, String description) {
    this.client = client;
    this.own = own;
    this.description = description;
  }

  /**
   * A server through a client of the host.
   *
   * @throws IllegalArgumentException when TLS is set up here, since it is the client's
   */
  static RedisServer of(AbstractRedisClient client, Optional<SslOptions> tls) {
    if (tls.isPresent()) {
      throw new IllegalArgumentException(
          "tls: the client has options of its own; set it up there, with ClientOptions.sslOptions");
    }
    return new RedisServer(client, false, "client of the host");
  }

  /**
   * A server through a client of its own.
   *
   * @param tls whom to trust and who we are; empty for what Java trusts, and nobody
   * @throws IllegalArgumentException when the URI is none, or does not ask for the TLS that is set up
   */
  static RedisServer at(String uri, Duration timeout, Optional<SslOptions> tls) {
    String scheme = uri.substring(0, Math.max(0, uri.indexOf(':'))).toLowerCase(Locale.ROOT);
    boolean cluster = scheme.equals("redis-cluster") || scheme.equals("rediss-cluster");
    List<RedisURI> nodes = nodes(uri, scheme, cluster);
    for (RedisURI node : nodes) {
      node.setTimeout(timeout);
      node.getSentinels().forEach(sentinel -> sentinel.setTimeout(timeout));
    }
    checkTls(nodes, tls);
    ClientOptions options = options(timeout, tls);
    ClientResources resources = resources();
    String description = scheme + " " + describe(nodes.get(0));
    if (cluster) {
      RedisClusterClient client = RedisClusterClient.create(resources, nodes);
      // The connection to a node is opened by the first command for it, which must not be rejected.
      client.setOptions(ClusterClientOptions.builder(options)
          .disconnectedBehavior(ClientOptions.DisconnectedBehavior.ACCEPT_COMMANDS)
          .build());
      return new RedisServer(client, true, description);
    }
    RedisClient client = RedisClient.create(resources, nodes.get(0));
    client.setOptions(options);
    return new RedisServer(client, true, description);
  }

  private static List<RedisURI> nodes(String uri, String scheme, boolean cluster) {
    try {
      if (!cluster) {
        return List.of(RedisURI.create(uri));
      }
      String secure = scheme.startsWith("rediss") ? "rediss" : "redis";
      return RedisClusterURIUtil.toRedisURIs(URI.create(secure + uri.substring(scheme.length())));
    } catch (IllegalArgumentException e) {
      // Neither the URI nor the cause, whose message has it: there may be a password in it.
      throw new IllegalArgumentException(
          "uri: not a Redis URI; redis://[[user]:password@]host[:port][/database], rediss://, "
              + "redis-sentinel://, redis-socket://, redis-cluster:// and rediss-cluster:// are known");
    }
  }

  private static void checkTls(List<RedisURI> nodes, Optional<SslOptions> tls) {
    for (RedisURI node : nodes) {
      if (tls.isPresent() && !node.isSsl()) {
        throw new IllegalArgumentException(
            "tls: the URI does not ask for TLS, so it would not be used; begin it with rediss");
      }
      if (node.isSsl() && node.getVerifyMode() != SslVerifyMode.FULL) {
        log.warn(
            "The certificate of {} is not checked for its name (verifyPeer={}): whoever stands in the"
                + " way can read and change everything. Take verifyPeer out of the URI",
            describe(node),
            node.getVerifyMode());
      }
    }
  }

  private static String describe(RedisURI node) {
    if (node.getSocket() != null) {
      return node.getSocket();
    }
    if (!node.getSentinels().isEmpty()) {
      return node.getSentinels().size() + " sentinels";
    }
    return node.getHost() + ":" + node.getPort();
  }

  private static ClientResources resources() {
    return ClientResources.builder()
        .ioThreadPoolSize(2)
        .computationThreadPoolSize(2)
        .reconnectDelay(
            Delay.exponential(Duration.ofMillis(10), MAX_RECONNECT_DELAY, 2, TimeUnit.MILLISECONDS))
        .build();
  }

  private static ClientOptions options(Duration timeout, Optional<SslOptions> tls) {
    SslOptions.Builder ssl = tls.orElseGet(SslOptions::create).mutate();
    return ClientOptions.builder()
        .sslOptions(ssl.handshakeTimeout(timeout).build())
        .autoReconnect(true)
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .requestQueueSize(MAX_REQUESTS)
        .replayFilter(command -> command.getType() instanceof Keyword call && call.once())
        .socketOptions(
            SocketOptions.builder().connectTimeout(timeout).keepAlive(true).build())
        .timeoutOptions(TimeoutOptions.enabled())
        .build();
  }

  /** Opens a connection whose commands fail after {@code timeout}; blocks. */
  Line open(Duration timeout) {
    if (client instanceof RedisClusterClient cluster) {
      StatefulRedisClusterConnection<String, byte[]> connection = cluster.connect(CODEC);
      connection.setTimeout(timeout);
      return new Line(connection, connection.async());
    }
    StatefulRedisConnection<String, byte[]> connection = ((RedisClient) client).connect(CODEC);
    connection.setTimeout(timeout);
    return new Line(connection, connection.async());
  }

  boolean isCluster() {
    return client instanceof RedisClusterClient;
  }

  /** Whether Lettuce itself makes commands fail after the timeout of their connection. */
  private boolean timesOut() {
    ClientOptions options = client.getOptions();
    return own || (options != null && options.getTimeoutOptions().isTimeoutCommands());
  }

  /** A command's future that fails after the timeout of its connection. */
  <T> CompletableFuture<T> limited(CompletableFuture<T> command, Duration timeout) {
    return timesOut() ? command : command.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Whether waits can be sent along with writes, and are not sent again without them. */
  boolean confirms() {
    return own && !isCluster();
  }

  @Override
  public void close() {
    if (own) {
      ClientResources resources = client.getResources();
      client.shutdown(0, 2, TimeUnit.SECONDS);
      resources.shutdown(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
  }

  @Override
  public String toString() {
    return description;
  }
}
