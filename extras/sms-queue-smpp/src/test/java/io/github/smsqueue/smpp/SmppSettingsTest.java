// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.spi.SendResult;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings, by properties and by the builder. */
class SmppSettingsTest {
  private static final Map<String, String> LEAST =
      Map.of("host", "127.0.0.1", "systemId", "shop", "password", TestSmsc.PASSWORD);

  @Test
  void everyKeyIsRead() throws Exception {
    Map<String, String> properties = new HashMap<>(LEAST);
    properties.putAll(Map.of(
        "name",
        "acme",
        "systemType",
        "VMA",
        "addressRange",
        "^86",
        "addressTonNpi",
        "1/1",
        "binds",
        "2",
        "window",
        "7",
        "slotWait",
        "20s",
        "connectTimeout",
        "3s",
        "responseTimeout",
        "4000ms",
        "enquireLink",
        "1m"));
    properties.putAll(Map.of(
        "reconnectFirst",
        "20ms",
        "reconnectLongest",
        "1s",
        "tls",
        "false",
        "verifyHostname",
        "true",
        "sender",
        "Shop",
        "sourceTonNpi",
        "5/1",
        "destinationTonNpi",
        "1/8",
        "serviceType",
        "CMT",
        "latin1",
        "true",
        "messagePayload",
        "true"));
    properties.putAll(Map.of(
        "registeredDelivery",
        "17",
        "messageIds",
        "HEX_TO_DECIMAL",
        "receiptThreads",
        "2",
        "status.0x0401",
        "REJECTED",
        "status.1026",
        "PAUSED"));
    try (TestSmsc smsc = TestSmsc.start()) {
      properties.put("port", Integer.toString(smsc.port));
      try (SmppGateway gateway = SmppGateway.fromProperties(properties).build()) {
        assertThat(gateway.name()).isEqualTo("acme");
        Await.until("two binds", () -> gateway.bound() == 2);
        smsc.behaviour = submit -> TestSmsc.response(submit, 0, "ff");
        assertThat(Requests.send(gateway, "ç".repeat(200)))
            .isEqualTo(new SendResult.Accepted("255"));
        var submit = Await.next(smsc.submitted).pdu();
        assertThat(submit.getDataCoding()).isEqualTo((byte) 3);
        assertThat(submit.getOptionalParameter((short) 0x0424)).isNotNull();
        assertThat(submit.getRegisteredDelivery()).isEqualTo((byte) 17);
        assertThat(submit.getServiceType()).isEqualTo("CMT");
        assertThat(submit.getSourceAddress().getNpi()).isEqualTo((byte) 1);
        assertThat(submit.getDestAddress().getNpi()).isEqualTo((byte) 8);
        smsc.behaviour = s -> TestSmsc.response(s, 0x401, null);
        assertThat(Requests.send(gateway, "hi")).isInstanceOf(SendResult.Rejected.class);
        assertThat(gateway.toString())
            .contains("window=7", "PT4S", "PT1M", "systemType=VMA", "1/1:^86")
            .doesNotContain(TestSmsc.PASSWORD);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "windw, 5, windw",
    "window, five, window",
    "window, 0, window",
    "port, 0, port",
    "slotWait, 10, slotWait",
    "slotWait, 0s, slotWait",
    "reconnectLongest, 10ms, reconnectLongest",
    "latin1, yes, latin1",
    "messageIds, HEX, messageIds",
    "sourceTonNpi, 5, sourceTonNpi",
    "sourceTonNpi, 5/300, sourceTonNpi",
    "registeredDelivery, 99, registeredDelivery",
    "status.0x58, GOOD, status.0x58",
    "status.0x58, ACCEPTED, status",
    "status.x, PAUSED, status.x",
    "truststore, /no/such/file, truststore",
    "sender, ABCDEFGHIJKLMNOPQRSTUVWXYZ, sender",
    "serviceType, ABCDEF, serviceType",
    "password, ninechars, password",
    "systemId, sixteencharacter, systemId",
    "systemType, thirteenchars, systemType"
  })
  void anErrorNamesTheKey(String key, String value, String named) {
    Map<String, String> properties = new HashMap<>(LEAST);
    properties.put(key, value);
    assertThatThrownBy(() -> SmppGateway.fromProperties(properties))
        .isInstanceOfSatisfying(
            InvalidFieldException.class, e -> assertThat(e.field()).isEqualTo(named))
        .hasMessageNotContaining("ninechars");
  }

  @ParameterizedTest
  @CsvSource({"host", "systemId", "password"})
  void aMissingKeyIsNamed(String key) {
    Map<String, String> properties = new HashMap<>(LEAST);
    properties.remove(key);
    assertThatThrownBy(() -> SmppGateway.fromProperties(properties))
        .isInstanceOf(InvalidFieldException.class)
        .hasMessageContaining(key + ": is missing");
  }

  @Test
  void theWaitBetweenAttemptsDoublesUpToTheLongestAndIsSpread() {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(60));
    Random random = new Random(7);
    for (int failures = 1; failures < 10_000; failures += failures < 20 ? 1 : 1_000) {
      long whole = Math.min(60_000, 1_000L << Math.min(failures - 1, 20));
      assertThat(backoff.delay(failures, random).toMillis()).isBetween(whole / 2, whole);
    }
    assertThat(backoff.delay(9, random)).isNotEqualTo(backoff.delay(9, random));
  }
}
