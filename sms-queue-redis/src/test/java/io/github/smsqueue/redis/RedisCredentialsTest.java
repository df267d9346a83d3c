// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsQueueException;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Whatever goes wrong with a connection, nobody sees the password. */
class RedisCredentialsTest {
  private static final String PASSWORD = "Himbeer-4711";
  private static final Duration TIMEOUT = Duration.ofMillis(500);

  private final List<String> said = new ArrayList<>();

  /** Runs a step that fails, and keeps all that it throws. */
  private Throwable fails(Callable<?> step) {
    Throwable thrown = catchThrowable(step::call);
    assertThat(thrown).isNotNull();
    said.add(LogCapture.trace(thrown));
    return thrown;
  }

  /** Now and then Lettuce takes the end of a refused connection for the reason of it. */
  private void failsSaying(String code, RedisSmsBackend.Builder builder) throws Exception {
    Waiting.until(code, () -> {
      String message = String.valueOf(fails(builder::build).getMessage());
      assertThat(message).containsAnyOf(code, "RedisConnectionException");
      return message.contains(code);
    });
  }

  private static RedisSmsBackend.Builder builder(String uri) {
    return RedisSmsBackend.builder(uri).name("shop").timeout(TIMEOUT);
  }

  private static String uri(String user, String address) {
    return "redis://" + user + ":" + PASSWORD + "@" + address;
  }

  private void assertNobodySawIt(LogCapture log) {
    log.lines().forEach(line -> said.add(line.logger() + " " + line.text()));
    assertThat(said).isNotEmpty().noneMatch(each -> each.contains(PASSWORD));
  }

  @Test
  void aWrongPasswordOrNoneOrNoRightsAreToldWithoutIt() throws Exception {
    try (RedisServerProcess server =
            RedisServerProcess.builder().password("right").start();
        LogCapture log = new LogCapture(Level.DEBUG)) {
      String address = "127.0.0.1:" + server.port();

      failsSaying("WRONGPASS", builder(uri("", address)));
      failsSaying("WRONGPASS", builder(uri("nobody", address)));
      failsSaying("NOAUTH", builder("redis://" + address));
      try (Cli cli = new Cli(server.uri())) {
        cli.redis()
            .aclSetuser(
                "weak",
                io.lettuce.core.AclSetuserArgs.Builder.on()
                    .addPassword(PASSWORD)
                    .keyPattern("{sq:shop}:*"));
        failsSaying("NOPERM", builder(uri("weak", address)));
      }
      assertNobodySawIt(log);
    }
  }

  @Test
  void aServerThatIsNotThereIsToldWithoutIt() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        LogCapture log = new LogCapture(Level.DEBUG)) {
      fails(builder(uri("sms", "127.0.0.1:1"))::build);
      fails(builder(uri("sms", "no-such-host.invalid:6379"))::build);
      fails(builder(uri("sms", "127.0.0.1:" + silent.getLocalPort()))::build);
      fails(builder("redis-cluster://sms:" + PASSWORD + "@127.0.0.1:1")::build);
      fails(builder("redis-sentinel://sms:" + PASSWORD + "@127.0.0.1:1/0#master")::build);
      fails(builder(uri("sms", "127.0.0.1:99999"))::build);
      fails(builder(uri("sms", "127.0.0.1:1/zero"))::build);
      fails(builder(uri("sms", "local host"))::build);
      assertNobodySawIt(log);
    }
  }

  @Test
  void whatGoesWrongLaterIsToldWithoutIt() throws Exception {
    try (RedisServerProcess server =
            RedisServerProcess.builder().password(PASSWORD).start();
        LogCapture log = new LogCapture(Level.DEBUG);
        RedisSmsBackend backend = builder(server.uri()).build()) {
      said.add(backend.toString());
      SmsDispatcher dispatcher = SmsDispatcher.builder(backend).build();
      try (Cli cli = new Cli(server.uri())) {
        // Another password from now on, and all connections gone: NOAUTH or WRONGPASS at every
        // turn.
        cli.redis().configSet("requirepass", "another");
        cli.redis().clientKill(io.lettuce.core.KillArgs.Builder.skipme());
      }
      Waiting.until(
          "it fails",
          () -> catchThrowable(() -> dispatcher.status("b")) instanceof SmsQueueException);
      fails(() -> dispatcher.status("b"));
      server.kill();
      fails(() -> dispatcher.status("b"));
      assertNobodySawIt(log);
    }
  }
}
