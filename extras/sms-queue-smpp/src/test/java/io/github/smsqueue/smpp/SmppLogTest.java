// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.type.Address;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is logged, by the gateway and by jsmpp, at every level. */
class SmppLogTest {
  private static final String TEXT = "your code is 424242";

  private final Recording recording = new Recording();
  private final List<Logger> loggers =
      List.of((Logger) LoggerFactory.getLogger("io.github.smsqueue"), (Logger)
          LoggerFactory.getLogger("org.jsmpp"));

  @BeforeEach
  void record() {
    recording.start();
    for (Logger logger : loggers) {
      logger.setLevel(Level.TRACE);
      logger.setAdditive(false);
      logger.addAppender(recording);
    }
  }

  @AfterEach
  void stop() {
    for (Logger logger : loggers) {
      logger.setLevel(null);
      logger.setAdditive(true);
      logger.detachAppender(recording);
    }
  }

  @Test
  void neitherNumberNorTextNorPasswordIsShown() throws Exception {
    try (TestSmsc smsc = TestSmsc.start();
        SmppGateway gateway = Requests.gateway(smsc)
            .sender("+447700900123")
            .onReceipt(receipt -> {
              throw new IllegalStateException(TEXT + Requests.NUMBER);
            })
            .build()) {
      Requests.send(gateway, TEXT);
      smsc.behaviour = submit -> TestSmsc.response(submit, 0x0B, null);
      Requests.send(gateway, TEXT.repeat(20));
      TestSmsc.deliver(smsc.session(), TestSmsc.receipt("id:m stat:DELIVRD err:0 text:" + TEXT));
      TestSmsc.deliver(smsc.session(), TestSmsc.receipt("stat:DELIVRD text:" + TEXT));
      DeliverSm fromPhone = TestSmsc.receipt(TEXT);
      fromPhone.setEsmClass((byte) 0);
      TestSmsc.deliver(smsc.session(), fromPhone);
      DeliverSm unreadable = TestSmsc.receipt(TEXT);
      unreadable.setSourceAddress(new Address((byte) 1, (byte) 1, "86138001380008613800138000"));
      assertThat(TestSmsc.deliver(smsc.session(), unreadable)).isEqualTo(0x65);
      smsc.cut();
      Await.until("bound again", () -> smsc.bindRequests.size() == 2 && gateway.bound() == 1);
      smsc.bindStatus = 0x0E;
      smsc.cut();
      Await.until(
          "refused", () -> recording.lines.stream().anyMatch(line -> line.contains("RINVPASWD")));
    }
    assertThat(recording.lines)
        .isNotEmpty()
        .noneMatch(line -> line.contains("424242"))
        .noneMatch(line -> line.contains("13800138000"))
        .noneMatch(line -> line.contains("7700900123"))
        .noneMatch(line -> line.contains(TestSmsc.PASSWORD));
    assertThat(recording.lines)
        .anyMatch(line -> line.startsWith("INFO") && line.contains("starts"))
        .anyMatch(line -> line.startsWith("INFO") && line.contains("is up"))
        .anyMatch(line -> line.startsWith("WARN") && line.contains("tries again in"))
        .anyMatch(line -> line.startsWith("WARN") && line.contains("ESME_RINVPASWD"))
        .anyMatch(line -> line.startsWith("INFO") && line.contains("is closed"));
  }

  private static final class Recording extends AppenderBase<ILoggingEvent> {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      lines.add(event.getLevel() + " " + event.getFormattedMessage()
          + (event.getThrowableProxy() == null
              ? ""
              : ThrowableProxyUtil.asString(event.getThrowableProxy())));
    }
  }
}
