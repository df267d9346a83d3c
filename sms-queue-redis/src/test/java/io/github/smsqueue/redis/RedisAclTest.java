// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.PayloadKeys;
import io.github.smsqueue.SmsQueueException;
import io.github.smsqueue.testkit.RedisServerProcess;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a Redis user needs: no more than docs/security.md says, and no less. */
class RedisAclTest {
  private static final Pattern CALLED = Pattern.compile("cmdstat_([a-z|]+):calls=([1-9]\\d*)");

  /** What every connection may send, whatever its rights. */
  private static final Set<String> HANDSHAKE = Set.of("hello", "auth", "client", "client|setinfo");

  /** What this test sends, and no code of the library. */
  private static final Set<String> OUR_OWN =
      Set.of("acl|setuser", "acl|log", "config|resetstat", "client|list", "hlen");

  private RedisServerProcess server;
  private Cli cli;

  @BeforeEach
  void start() {
    server = RedisServerProcess.start();
    cli = new Cli(server.uri());
  }

  @AfterEach
  void stop() {
    cli.close();
    server.close();
  }

  /** What the page says behind {@code ACL SETUSER <user>}. */
  private static List<String> documented(String user) throws IOException {
    String page = Files.readString(Path.of("..", "docs", "security.md"));
    Matcher rule = Pattern.compile("ACL SETUSER " + user + "\\s([^`]*)```").matcher(page);
    assertThat(rule.find()).as("ACL SETUSER %s in docs/security.md", user).isTrue();
    return List.of(rule.group(1).strip().split("\\s+"));
  }

  private static Set<String> commands(List<String> rule) {
    return rule.stream()
        .filter(word -> word.startsWith("+"))
        .map(word -> word.substring(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private String create(String user, List<String> rule) {
    create(cli, user, rule);
    String password = rule.stream()
        .filter(word -> word.startsWith(">"))
        .findFirst()
        .orElseThrow()
        .substring(1);
    return "redis://" + user + ":" + password + "@127.0.0.1:" + server.port();
  }

  private static void create(Cli on, String user, List<String> rule) {
    CommandArgs<String, String> args =
        new CommandArgs<>(StringCodec.UTF8).add("SETUSER").add(user).addValues(rule);
    assertThat(on.redis().dispatch(CommandType.ACL, new StatusOutput<>(StringCodec.UTF8), args))
        .isEqualTo("OK");
  }

  private Set<String> called() {
    return called(cli);
  }

  private static Set<String> called(Cli on) {
    Set<String> called = new TreeSet<>();
    Matcher stats = CALLED.matcher(on.redis().info("commandstats"));
    while (stats.find()) {
      called.add(stats.group(1));
    }
    called.removeAll(HANDSHAKE);
    return called;
  }

  @Test
  void theDocumentedUserCanDoEverythingAndNeedsEveryCommand() throws Exception {
    List<String> rule = documented("sms");
    String uri = create("sms", rule);
    cli.redis().configResetstat();
    cli.redis().aclLogReset();

    try (RedisSmsBackend backend = connect(uri);
        Flow flow = new Flow(backend)) {
      flow.run();
      flow.finish();
      flow.intake(cli);
    }

    Set<String> called = called();
    called.removeAll(OUR_OWN);
    assertThat(cli.redis().aclLog()).isEmpty();
    assertThat(called).containsExactlyElementsOf(commands(rule));
  }

  @Test
  void whatIsNotItsOwnIsClosedToIt() throws Exception {
    String uri = create("sms", documented("sms"));
    cli.redis().set("{sq:other}:t", "1");
    try (Cli user = new Cli(uri)) {
      assertThatThrownBy(() -> user.redis().get("{sq:other}:t")).hasMessageContaining("NOPERM");
      assertThatThrownBy(() -> user.redis().keys("*")).hasMessageContaining("NOPERM");
      assertThatThrownBy(() -> user.redis().flushall()).hasMessageContaining("NOPERM");
      assertThatThrownBy(() -> user.redis().configGet("*")).hasMessageContaining("NOPERM");
      assertThatThrownBy(() -> user.redis().publish("c", "m")).hasMessageContaining("NOPERM");
    }
    assertThatThrownBy(() -> RedisSmsBackend.connect(uri, "other"))
        .isInstanceOf(SmsQueueException.class)
        .hasMessageContaining("NOPERM");
  }

  @Test
  void theDocumentedProducerCanPushAndNothingElse() throws Exception {
    String uri = create("producer", documented("producer"));
    try (Cli user = new Cli(uri)) {
      assertThat(user.redis().lpush("sms_queue", "{}")).isEqualTo(1);
      assertThatThrownBy(() -> user.redis().lrange("sms_queue", 0, -1))
          .hasMessageContaining("NOPERM");
      assertThatThrownBy(() -> user.redis().lpush("{sq:shop}:r:U", "x"))
          .hasMessageContaining("NOPERM");
    }
  }

  @Test
  void whoWaitsForReplicasNeedsOneCommandMore() throws Exception {
    List<String> rule = documented("sms");
    RedisSmsBackend.Builder waiting =
        RedisSmsBackend.builder(create("sms", rule)).name("shop").waitForReplicas(1);
    assertThatThrownBy(waiting::build)
        .isInstanceOf(SmsQueueException.class)
        .hasMessageContaining("WAIT")
        .hasMessageContaining("NOPERM");

    create(
        cli,
        "sms",
        Stream.concat(rule.stream(), documented("sms-that-waits").stream()).toList());
    // No replica is there; it says so, and starts.
    waiting.build().close();
    assertThat(called()).contains("wait");
  }

  /** A cluster is asked for its nodes, too. */
  @Test
  void theDocumentedUserCanUseACluster() throws Exception {
    try (RedisServerProcess cluster =
            RedisServerProcess.builder().option("cluster-enabled", "yes").start();
        Cli node = new Cli(cluster.uri())) {
      node.redis().clusterAddSlots(IntStream.range(0, 16384).toArray());
      Waiting.until("cluster is up", () -> node.redis().clusterInfo().contains("cluster_state:ok"));
      List<String> more = documented("sms-on-a-cluster");
      List<String> rule =
          Stream.concat(documented("sms").stream(), more.stream()).toList();
      create(node, "sms", rule);
      node.redis().configResetstat();
      node.redis().aclLogReset();

      String uri = "redis-cluster://sms:secret@127.0.0.1:" + cluster.port();
      try (RedisSmsBackend backend = connect(uri);
          Flow flow = new Flow(backend)) {
        flow.run();
      }

      assertThat(node.redis().aclLog()).isEmpty();
      assertThat(called(node)).containsAll(commands(more));
    }
  }

  private RedisSmsBackend connect(String uri) {
    return RedisSmsBackend.builder(uri)
        .name("shop")
        .indexKey(RedisSecretsTest.key(3))
        .build()
        .encrypted(PayloadKeys.of("k", RedisSecretsTest.key(1)));
  }
}
