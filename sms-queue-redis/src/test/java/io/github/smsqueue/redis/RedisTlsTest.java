// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static io.github.smsqueue.redis.Waiting.join;
import static io.github.smsqueue.redis.Waiting.lease;
import static io.github.smsqueue.redis.Waiting.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.github.smsqueue.QueueUnavailableException;
import io.github.smsqueue.redis.Certificates.Certificate;
import io.github.smsqueue.spi.Outcome;
import io.github.smsqueue.spi.Settled;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SslOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Redis behind TLS: who is trusted, and who is let in. */
class RedisTlsTest {
  @TempDir
  private static Path directory;

  private static Certificate local;
  private static Certificate elsewhere;

  @BeforeAll
  static void makeCertificates() throws Exception {
    Certificates certificates = new Certificates(directory);
    local = certificates.make("local", "dns:localhost,ip:127.0.0.1");
    elsewhere = certificates.make("elsewhere", "dns:redis.example.com");
  }

  private static SslOptions.Builder trusting(Certificate server) throws Exception {
    return SslOptions.builder()
        .jdkSslProvider()
        .truststore(server.trustStore().toFile(), Certificates.PASSWORD);
  }

  private static RedisSmsBackend.Builder builder(String uri) {
    return RedisSmsBackend.builder(uri).name("tls").timeout(Duration.ofSeconds(5));
  }

  private static void works(RedisSmsBackend backend) throws InterruptedException {
    join(backend.queue().enqueue(List.of(task("a" + System.nanoTime()))));
    // Waits on a connection of its own, which must be as safe as the first.
    assertThat(backend.queue().lease(Waiting.request(1, Duration.ofMillis(100))))
        .hasSize(1);
    assertThat(backend.queue().lease(Waiting.request(1, Duration.ofMillis(100))))
        .isEmpty();
    join(backend.queue().enqueue(List.of(task("b" + System.nanoTime()))));
    assertThat(join(backend.queue().settle(lease(backend), new Outcome.Done())))
        .isEqualTo(Settled.OK);
  }

  /** A connection that must not come about, and why it does not. */
  private static void refused(RedisSmsBackend.Builder builder, String why) {
    assertThatThrownBy(builder::build)
        .isInstanceOf(QueueUnavailableException.class)
        .hasMessageContaining("queue 'tls'")
        .hasRootCauseInstanceOf(Exception.class)
        .satisfies(e -> assertThat(LogCapture.trace(e)).containsIgnoringCase(why));
  }

  @Test
  void aServerWithATrustedCertificateForItsNameIsUsed() throws Exception {
    try (TlsServer server = TlsServer.start(local, elsewhere, false)) {
      for (String host : List.of("localhost", "127.0.0.1")) {
        try (RedisSmsBackend backend =
            builder(server.uri(host)).tls(trusting(local).build()).build()) {
          works(backend);
          assertThat(backend.toString()).contains("rediss " + host);
        }
      }
    }
  }

  @Test
  void anUnknownAuthorityIsRefused() throws Exception {
    try (TlsServer server = TlsServer.start(local, elsewhere, false)) {
      refused(builder(server.uri("localhost")), "TLS: ");
      refused(builder(server.uri("localhost")), "PKIX path building failed");
      refused(
          builder(server.uri("localhost")).tls(trusting(elsewhere).build()),
          "PKIX path building failed");
    }
  }

  @Test
  void aCertificateForAnotherHostIsRefused() throws Exception {
    try (TlsServer server = TlsServer.start(elsewhere, local, false)) {
      refused(
          builder(server.uri("localhost")).tls(trusting(elsewhere).build()),
          "No subject alternative DNS name matching localhost");
    }
  }

  @Test
  void theNameIsNotCheckedWhereTheUriSaysSoAndThatIsAWarning() throws Exception {
    try (TlsServer server = TlsServer.start(elsewhere, local, false);
        LogCapture log = new LogCapture(Level.INFO)) {
      String uri = server.uri("localhost") + "?verifyPeer=CA";
      try (RedisSmsBackend backend =
          builder(uri).tls(trusting(elsewhere).build()).build()) {
        works(backend);
      }
      assertThat(log.ours(Level.WARN))
          .anyMatch(line -> line.text().contains("not checked for its name"));
    }
  }

  @Test
  void aServerThatWantsToKnowItsClientsLetsInWhomItKnows() throws Exception {
    try (TlsServer server = TlsServer.start(local, elsewhere, true)) {
      SslOptions known = trusting(local)
          .keystore(elsewhere.store().toFile(), Certificates.PASSWORD.toCharArray())
          .build();
      try (RedisSmsBackend backend = builder(server.uri("localhost")).tls(known).build()) {
        works(backend);
      }
      SslOptions unknown = trusting(local)
          .keystore(local.store().toFile(), Certificates.PASSWORD.toCharArray())
          .build();
      for (SslOptions stranger : List.of(trusting(local).build(), unknown)) {
        assertThatThrownBy(() -> builder(server.uri("localhost")).tls(stranger).build())
            .isInstanceOf(QueueUnavailableException.class);
      }
    }
  }

  @Test
  void whateverFailsNobodySeesThePassword() throws Exception {
    String password = "Himbeer-4711";
    try (TlsServer server = TlsServer.start(local, elsewhere, true);
        LogCapture log = new LogCapture(Level.DEBUG)) {
      String secure = "rediss://sms:" + password + "@localhost:" + server.port();
      for (RedisSmsBackend.Builder each : List.of(
          builder(secure),
          builder(secure).tls(trusting(elsewhere).build()),
          builder(secure).tls(trusting(local).build()),
          builder(secure.replace("rediss", "redis")).tls(SslOptions.create()))) {
        assertThatThrownBy(each::build)
            .satisfies(e -> assertThat(LogCapture.trace(e)).doesNotContain(password));
      }
      assertThat(log.lines()).isNotEmpty().noneMatch(line -> line.text().contains(password));
    }
  }

  @Test
  void anUnencryptedClientIsRefused() throws Exception {
    try (TlsServer server = TlsServer.start(local, elsewhere, false)) {
      assertThatThrownBy(() -> builder("redis://localhost:" + server.port()).build())
          .isInstanceOf(QueueUnavailableException.class);
    }
  }

  @Test
  void tlsThatWouldNotBeUsedIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder("redis://localhost").tls(SslOptions.create()).build())
        .withMessageStartingWith("tls: ");
    RedisClient host = RedisClient.create();
    try {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> RedisSmsBackend.builder(host).tls(SslOptions.create()).build())
          .withMessageStartingWith("tls: ");
    } finally {
      host.shutdown();
    }
  }

  @Test
  void whatWentWrongWithTlsIsInTheFirstLine() throws Exception {
    try (TlsServer server = TlsServer.start(elsewhere, local, false)) {
      assertThatThrownBy(() ->
              builder(server.uri("localhost")).tls(trusting(elsewhere).build()).build())
          .hasMessageContaining("TLS: ")
          .hasStackTraceContaining(SSLException.class.getPackageName());
    }
  }
}
