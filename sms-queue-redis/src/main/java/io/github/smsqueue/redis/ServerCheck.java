// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.smsqueue.QueueUnavailableException;
import io.github.smsqueue.SmsQueueException;
import io.lettuce.core.SetArgs;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at a server's INFO before anything is stored in it. */
final class ServerCheck {
  private static final Logger log = LoggerFactory.getLogger(ServerCheck.class);
  private static final String UNKNOWN = "unknown";

  private ServerCheck() {}

  /**
   * What matters of a server. Immutable.
   *
   * @param durable whether it writes an append-only file; false when it does not say
   */
  record Server(String version, boolean durable) {}

  /**
   * Refuses a server that would lose work, and warns of one that might.
   *
   * @throws SmsQueueException when the server is too old or evicts keys
   */
  static Server check(RedisLink link) {
    Map<String, String> info = new HashMap<>();
    for (String section : new String[] {"server", "memory", "persistence"}) {
      try {
        read(RedisFailure.await(link.send(commands -> commands.info(section))), info);
      } catch (QueueUnavailableException e) {
        throw e;
      } catch (SmsQueueException e) {
        log.warn(
            "Redis does not permit INFO to this user of queue {}; whether it evicts keys or writes an"
                + " append-only file is not known. Permit it: ACL SETUSER <user> +info",
            link.name());
        break;
      }
    }
    String version = info.getOrDefault("redis_version", UNKNOWN);
    String policy = info.getOrDefault("maxmemory_policy", UNKNOWN);
    checkVersion(link.name(), version);
    checkPolicy(link.name(), policy);
    boolean durable = "1".equals(info.get("aof_enabled"));
    if (info.containsKey("aof_enabled") && !durable) {
      log.warn(
          "Redis writes no append-only file: what queue {} has accepted since the last snapshot is"
              + " lost when the server stops. Set appendonly yes",
          link.name());
    }
    return new Server(version, durable);
  }

  /**
   * Refuses to go on with another index key than the queue was used with, and remembers the first: with
   * another, numbers that opted out would not be found.
   *
   * @throws SmsQueueException when it is another
   */
  static void checkIndexKey(RedisLink link, IndexHash index) {
    String key = link.keys().indexKeyId();
    Optional<String> known = text(RedisFailure.await(link.send(c -> c.get(key))));
    if (known.isEmpty() && index.keyed()) {
      byte[] id = index.keyId().orElseThrow().getBytes(US_ASCII);
      // Two processes may start at a time.
      RedisFailure.await(link.send(c -> c.set(key, id, SetArgs.Builder.nx())));
      known = text(RedisFailure.await(link.send(c -> c.get(key))));
    }
    if (!known.equals(index.keyId())) {
      throw new SmsQueueException(
          index.keyed()
              ? "Queue '%s' was used with another index key, and what that one hashed (opt-outs!) would not be found: give RedisSmsBackend.Builder.indexKey the same. To begin anew, see docs/security.md"
                  .formatted(link.name())
              : "Queue '%s' was used with an index key, and what it hashed (opt-outs!) is not found without: give it to RedisSmsBackend.Builder.indexKey"
                  .formatted(link.name()),
          false,
          null);
    }
  }

  /**
   * Finds out whether the server can confirm what it is asked to; that it cannot just now is only worth
   * a warning.
   *
   * @throws SmsQueueException when it never can
   */
  static void checkConfirmation(RedisLink link, Server server) {
    RedisChannel channel = link.confirmed();
    if (channel.confirmation().disk() && !server.durable()) {
      throw new SmsQueueException(
          "waitForDisk: Redis writes no append-only file for queue '%s': set appendonly yes"
              .formatted(link.name()),
          false,
          null);
    }
    try {
      RedisFailure.await(channel.confirm());
    } catch (QueueUnavailableException e) {
      log.warn("Submissions are refused and nobody is called until this ends: {}", e.getMessage());
    } catch (SmsQueueException e) {
      throw new SmsQueueException(
          "Redis %s does not permit or not know the command that waitForReplicas (WAIT) or waitForDisk (WAITAOF, since 7.2) needs: %s"
              .formatted(server.version(), e.getMessage()),
          false,
          e.getCause());
    }
  }

  private static Optional<String> text(byte @Nullable [] value) {
    return value == null ? Optional.empty() : Optional.of(new String(value, US_ASCII));
  }

  private static void read(String text, Map<String, String> info) {
    text.lines().forEach(line -> {
      int colon = line.indexOf(':');
      if (colon > 0) {
        info.put(line.substring(0, colon), line.substring(colon + 1).trim());
      }
    });
  }

  private static void checkVersion(String name, String version) {
    String[] parts = version.split("\\.", 3);
    if (version.equals(UNKNOWN) || parts.length < 2) {
      return;
    }
    int major = Integer.parseInt(parts[0]);
    int minor = Integer.parseInt(parts[1]);
    if (major < 6 || (major == 6 && minor < 2)) {
      throw new SmsQueueException(
          "Redis %s is too old for queue '%s': use 6.2 or later".formatted(version, name),
          false,
          null);
    }
  }

  private static void checkPolicy(String name, String policy) {
    if (!policy.equals(UNKNOWN) && !policy.equals("noeviction")) {
      throw new SmsQueueException(
          "Redis would evict messages of queue '%s': set maxmemory-policy noeviction, it is %s"
              .formatted(name, policy),
          false,
          null);
    }
  }
}
