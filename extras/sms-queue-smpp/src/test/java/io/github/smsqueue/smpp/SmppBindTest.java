// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.cloudhopper.smpp.SmppServerSession;
import com.cloudhopper.smpp.pdu.BaseBind;
import com.cloudhopper.smpp.pdu.BindTransceiver;
import com.cloudhopper.smpp.pdu.EnquireLink;
import com.cloudhopper.smpp.pdu.Unbind;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections: how they come up, are kept, are lost and come back. */
class SmppBindTest {
  private final ExecutorService callers = Executors.newCachedThreadPool();
  private TestSmsc smsc;

  @BeforeEach
  void start() throws Exception {
    smsc = TestSmsc.start();
  }

  @AfterEach
  void stop() {
    smsc.close();
    callers.shutdownNow();
  }

  @Test
  void theBindTellsWhatTheSettingsSay() throws Exception {
    try (SmppGateway gateway = Requests.gateway(smsc)
        .systemType("VMA")
        .addressTonNpi(1, 1)
        .addressRange("^86")
        .build()) {
      BaseBind<?> bind = Await.next(smsc.bindRequests);
      assertThat(bind).isInstanceOf(BindTransceiver.class);
      assertThat(bind.getSystemId()).isEqualTo("shop");
      assertThat(bind.getPassword()).isEqualTo(TestSmsc.PASSWORD);
      assertThat(bind.getSystemType()).isEqualTo("VMA");
      assertThat(bind.getInterfaceVersion()).isEqualTo((byte) 0x34);
      assertThat(bind.getAddressRange().getAddress()).isEqualTo("^86");
      assertThat(bind.getAddressRange().getTon()).isEqualTo((byte) 1);
      assertThat(gateway.name()).isEqualTo("test");
    }
  }

  @Test
  void messagesThatAreOutstandingWhenTheConnectionIsCutAreUnknownAtOnce() throws Exception {
    smsc.behaviour = submit -> null;
    try (SmppGateway gateway =
        Requests.gateway(smsc).responseTimeout(Duration.ofHours(1)).build()) {
      List<Future<SendResult>> calls = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        calls.add(callers.submit(() -> Requests.send(gateway, "hi")));
        Await.next(smsc.submitted);
      }
      smsc.cut();
      for (Future<SendResult> call : calls) {
        assertThat(Await.of(call))
            .isInstanceOfSatisfying(
                SendResult.Unknown.class,
                unknown -> assertThat(unknown.reason()).contains("lost"));
      }
      smsc.behaviour = submit -> TestSmsc.response(submit, 0, "again");
      assertThat(Requests.send(gateway, "hi")).isEqualTo(new SendResult.Accepted("again"));
    }
  }

  @Test
  void withoutABindNothingIsSentAndAfterARestartItIs() throws Exception {
    try (SmppGateway gateway =
        Requests.gateway(smsc).slotWait(Duration.ofMillis(100)).build()) {
      Await.until("bound", () -> gateway.bound() == 1);
      for (int i = 0; i < 2; i++) {
        smsc.stop();
        Await.until("down", () -> gateway.bound() == 0);
        assertThat(Requests.send(gateway, "hi"))
            .isInstanceOfSatisfying(
                SendResult.NotSent.class, r -> assertThat(r.reason()).startsWith("no bind is up"));
        smsc.restart();
        Await.until("up again", () -> gateway.bound() == 1);
        assertThat(Requests.send(gateway, "hi")).isInstanceOf(SendResult.Accepted.class);
      }
    }
  }

  @Test
  void aGatewayThatStartsBeforeTheSmscWaitsForIt() throws Exception {
    smsc.stop();
    try (SmppGateway gateway = Requests.gateway(smsc).build()) {
      Future<SendResult> call = callers.submit(() -> Requests.send(gateway, "hi"));
      smsc.restart();
      assertThat(Await.of(call)).isInstanceOf(SendResult.Accepted.class);
    }
  }

  @Test
  void anUnbindBySmscIsAnsweredAndFollowedByANewBind() throws Exception {
    smsc.behaviour = submit -> null;
    try (SmppGateway gateway =
        Requests.gateway(smsc).responseTimeout(Duration.ofHours(1)).build()) {
      Future<SendResult> call = callers.submit(() -> Requests.send(gateway, "hi"));
      Await.next(smsc.submitted);
      var answer = smsc.session().sendRequestPdu(new Unbind(), 30_000, true);
      assertThat(answer.await(30_000)).isTrue();
      assertThat(answer.getResponse().getCommandStatus()).isZero();
      assertThat(Await.of(call)).isInstanceOf(SendResult.Unknown.class);
      smsc.behaviour = submit -> TestSmsc.response(submit, 0, "again");
      assertThat(Requests.send(gateway, "hi")).isEqualTo(new SendResult.Accepted("again"));
    }
  }

  @Test
  void anIdleBindIsKeptByEnquireLink() throws Exception {
    try (SmppGateway gateway =
        Requests.gateway(smsc).enquireLink(Duration.ofMillis(50)).build()) {
      Await.until("several enquire_link", () -> smsc.enquireLinks.get() >= 3);
      assertThat(gateway.bound()).isEqualTo(1);
      assertThat(smsc.bindRequests).hasSize(1);
    }
  }

  @Test
  void theEnquireLinkOfTheSmscIsAnswered() throws Exception {
    try (SmppGateway gateway = Requests.gateway(smsc).build()) {
      Await.until("bound", () -> gateway.bound() == 1);
      assertThat(smsc.session().enquireLink(new EnquireLink(), 30_000).getCommandStatus())
          .isZero();
    }
  }

  @Test
  void aServerThatStopsAnsweringIsLeftAndBoundAgain() throws Exception {
    try (SmppGateway gateway = Requests.gateway(smsc)
        .enquireLink(Duration.ofMillis(100))
        .responseTimeout(Duration.ofMillis(300))
        .slotWait(Duration.ofSeconds(10))
        .build()) {
      Await.until("bound", () -> gateway.bound() == 1);
      smsc.silent = true;
      Future<SendResult> call = callers.submit(() -> Requests.send(gateway, "hi"));
      Await.until("bound again", () -> smsc.bindRequests.size() >= 2);
      assertThat(Await.of(call)).isInstanceOf(SendResult.Unknown.class);
      smsc.silent = false;
      Await.until("sends again", () -> Requests.send(gateway, "hi") instanceof SendResult.Accepted);
    }
  }

  @Test
  void aServerThatAcceptsAndSaysNothingDoesNotHoldUpTheNextAttempt() throws Exception {
    smsc.stop();
    try (ServerSocket mute = new ServerSocket(smsc.port, 5, InetAddress.getLoopbackAddress());
        SmppGateway gateway =
            Requests.gateway(smsc).responseTimeout(Duration.ofMillis(200)).build()) {
      try (Socket first = mute.accept();
          Socket second = mute.accept()) {
        assertThat(first.getPort()).isNotEqualTo(second.getPort());
        assertThat(gateway.bound()).isZero();
      }
    }
  }

  @Test
  void aServerThatStopsReadingIsLeft() throws Exception {
    smsc.stop();
    try (ServerSocket stuck = new ServerSocket(smsc.port, 5, InetAddress.getLoopbackAddress());
        SmppGateway gateway = Requests.gateway(smsc)
            .messagePayload(true)
            .window(1_000)
            .slotWait(Duration.ofSeconds(1))
            .enquireLink(Duration.ofMillis(500))
            .responseTimeout(Duration.ofMillis(500))
            .build()) {
      try (Socket server = stuck.accept()) {
        bind(server);
        Await.until("bound", () -> gateway.bound() == 1);
        // More than the buffers of both sides take, so that writes block.
        List<Future<SendResult>> calls = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
          calls.add(callers.submit(() -> Requests.send(gateway, "a".repeat(60_000))));
        }
        for (Future<SendResult> call : calls) {
          assertThat(Await.of(call)).isNotInstanceOf(SendResult.Accepted.class);
        }
        Await.until("left", () -> gateway.bound() == 0);
      }
    }
  }

  private static void bind(Socket server) throws IOException {
    byte[] header = server.getInputStream().readNBytes(16);
    server.getInputStream().readNBytes(header[3] - 16);
    server
        .getOutputStream()
        .write(new byte[] {0, 0, 0, 17, (byte) 0x80, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, header[15], 0});
  }

  @Test
  void garbageEndsTheConnectionAndIsFollowedByANewBind() throws Exception {
    smsc.stop();
    try (ServerSocket rude = new ServerSocket(smsc.port, 5, InetAddress.getLoopbackAddress());
        SmppGateway gateway = Requests.gateway(smsc).build()) {
      try (Socket server = rude.accept()) {
        bind(server);
        Await.until("bound", () -> gateway.bound() == 1);
        server.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes());
        try (Socket next = rude.accept()) {
          bind(next);
          Await.until("bound again", () -> gateway.bound() == 1);
        }
      }
    }
  }

  @Test
  void refusedCredentialsPauseTheGatewayUntilTheyAreTaken() throws Exception {
    for (int status : new int[] {0x0D, 0x0E, 0x0F}) {
      smsc.bindStatus = status;
      try (SmppGateway gateway = Requests.gateway(smsc).binds(2).build()) {
        assertThatThrownBy(() -> gateway.send(Requests.text("hi")))
            .isInstanceOfSatisfying(
                GatewayPausedException.class,
                paused -> assertThat(paused.reason())
                    .contains(CommandStatus.name(status), "shop")
                    .doesNotContain(TestSmsc.PASSWORD));
        smsc.bindStatus = 0;
        Await.until("bound", () -> gateway.bound() == 2);
        assertThat(Requests.send(gateway, "hi")).isInstanceOf(SendResult.Accepted.class);
      }
    }
  }

  @Test
  void aWrongPasswordPausesTheGateway() {
    try (SmppGateway gateway = SmppGateway.builder("127.0.0.1", smsc.port, "shop", "wrong")
        .slotWait(Duration.ofSeconds(20))
        .build()) {
      assertThatThrownBy(() -> gateway.send(Requests.text("hi")))
          .isInstanceOf(GatewayPausedException.class)
          .hasMessageContaining("ESME_RINVPASWD")
          .hasMessageNotContaining("wrong");
    }
  }

  @Test
  void anotherRefusalOfABindIsOnlyTriedAgain() throws Exception {
    smsc.bindStatus = 0x05;
    try (SmppGateway gateway =
        Requests.gateway(smsc).slotWait(Duration.ofMillis(200)).build()) {
      Await.next(smsc.bindRequests);
      assertThat(Requests.send(gateway, "hi")).isInstanceOf(SendResult.NotSent.class);
      smsc.bindStatus = 0;
      Await.until("bound", () -> gateway.bound() == 1);
    }
  }

  @Test
  void severalBindsShareTheLoadAndOneIsEnough() throws Exception {
    smsc.behaviour = submit -> null;
    try (SmppGateway gateway = Requests.gateway(smsc).binds(3).window(2).build()) {
      Await.until("three binds", () -> gateway.bound() == 3);
      List<Future<SendResult>> calls = new ArrayList<>();
      Set<SmppServerSession> used = ConcurrentHashMap.newKeySet();
      List<TestSmsc.Submitted> outstanding = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        calls.add(callers.submit(() -> Requests.send(gateway, "hi")));
        outstanding.add(Await.next(smsc.submitted));
        used.add(outstanding.get(i).session());
      }
      assertThat(used).hasSize(3);
      for (TestSmsc.Submitted each : outstanding) {
        each.answer(0, "m");
      }
      for (Future<SendResult> call : calls) {
        assertThat(Await.of(call)).isEqualTo(new SendResult.Accepted("m"));
      }
      smsc.behaviour = submit -> TestSmsc.response(submit, 0, "one");
      smsc.bindStatus = 0x0D;
      outstanding.get(0).session().close();
      Await.until("two binds", () -> gateway.bound() == 2);
      for (int i = 0; i < 10; i++) {
        assertThat(Requests.send(gateway, "hi")).isEqualTo(new SendResult.Accepted("one"));
      }
    }
  }

  @Test
  void closeUnbindsLetsAnswersCountAndLeavesNoThread() throws Exception {
    smsc.behaviour = submit -> null;
    SmppGateway gateway = Requests.gateway(smsc).name("closing").binds(2).build();
    Await.until("bound", () -> gateway.bound() == 2);
    assertThat(threads("sms-closing-bind-")).hasSize(2);
    Future<SendResult> call = callers.submit(() -> Requests.send(gateway, "hi"));
    TestSmsc.Submitted message = Await.next(smsc.submitted);
    message.answer(0, "just in time");
    gateway.close();
    assertThat(Await.of(call)).isEqualTo(new SendResult.Accepted("just in time"));
    assertThat(smsc.unbinds).hasValue(2);
    assertThat(gateway.bound()).isZero();
    Await.until("no thread", () -> threads("sms-closing").isEmpty());
  }

  @Test
  void closeDoesNotWaitForAServerThatDoesNotAnswer() throws Exception {
    SmppGateway gateway = Requests.gateway(smsc)
        .name("stubborn")
        .responseTimeout(Duration.ofMillis(200))
        .build();
    Await.until("bound", () -> gateway.bound() == 1);
    smsc.silent = true;
    gateway.close();
    Await.until("no thread", () -> threads("sms-stubborn").isEmpty());
  }

  @Test
  void closeEndsAnAttemptToConnectAndAWaitBetweenTwo() throws Exception {
    smsc.stop();
    SmppGateway waits = SmppGateway.builder("127.0.0.1", smsc.port, "shop", "x")
        .name("waiting")
        .reconnect(Duration.ofHours(1), Duration.ofHours(1))
        .build();
    waits.close();
    try (ServerSocket mute = new ServerSocket(smsc.port, 5, InetAddress.getLoopbackAddress())) {
      SmppGateway binds = SmppGateway.builder("127.0.0.1", smsc.port, "shop", "x")
          .name("binding")
          .responseTimeout(Duration.ofHours(1))
          .build();
      try (Socket server = mute.accept()) {
        assertThat(server.isConnected()).isTrue();
        binds.close();
      }
    }
    Await.until("no thread", () -> threads("sms-waiting").isEmpty());
    Await.until("no thread", () -> threads("sms-binding").isEmpty());
  }

  private static List<String> threads(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith(prefix))
        .toList();
  }

  @Test
  void tlsTrustsOnlyWhatItWasTold(@TempDir Path directory) throws Exception {
    Path keystore = selfSigned(directory, "127.0.0.1", "IP:127.0.0.1");
    try (TestSmsc secure = TestSmsc.startWithTls(keystore, "changeit")) {
      try (SmppGateway gateway =
          Requests.gateway(secure).tls(keystore, "changeit").build()) {
        assertThat(Requests.send(gateway, "hi")).isInstanceOf(SendResult.Accepted.class);
        secure.cut();
        Await.until(
            "sends again", () -> Requests.send(gateway, "hi") instanceof SendResult.Accepted);
      }
      try (SmppGateway stranger =
          Requests.gateway(secure).tls().slotWait(Duration.ofMillis(500)).build()) {
        assertThat(Requests.send(stranger, "hi")).isInstanceOf(SendResult.NotSent.class);
        assertThat(stranger.bound()).isZero();
      }
    }
  }

  @Test
  void tlsVerifiesTheHostUnlessToldNotTo(@TempDir Path directory) throws Exception {
    Path keystore = selfSigned(directory, "elsewhere", "DNS:elsewhere.example");
    try (TestSmsc secure = TestSmsc.startWithTls(keystore, "changeit")) {
      try (SmppGateway gateway = Requests.gateway(secure)
          .tls(keystore, "changeit")
          .slotWait(Duration.ofMillis(500))
          .build()) {
        assertThat(Requests.send(gateway, "hi")).isInstanceOf(SendResult.NotSent.class);
      }
      try (SmppGateway gateway = Requests.gateway(secure)
          .tls(keystore, "changeit")
          .verifyHostname(false)
          .build()) {
        assertThat(Requests.send(gateway, "hi")).isInstanceOf(SendResult.Accepted.class);
      }
    }
  }

  private static Path selfSigned(Path directory, String name, String alternative) throws Exception {
    Path keystore = directory.resolve("smsc.p12");
    Process keytool = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "smsc",
            "-keyalg",
            "RSA",
            "-keysize",
            "2048",
            "-validity",
            "2",
            "-dname",
            "CN=" + name,
            "-ext",
            "SAN=" + alternative,
            "-storetype",
            "PKCS12",
            "-keystore",
            keystore.toString(),
            "-storepass",
            "changeit")
        .redirectErrorStream(true)
        .start();
    String output = new String(keytool.getInputStream().readAllBytes());
    assertThat(keytool.waitFor()).as(output).isZero();
    return keystore;
  }
}
