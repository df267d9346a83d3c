// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.UnknownOutcomePolicy;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

  @Test
  void anEmptyEnvironmentGivesTheDefaults() {
    Settings settings = new Settings(Map.of());

    assertThat(settings.port()).isEqualTo(8080);
    assertThat(settings.bindAddress().isLoopbackAddress()).isTrue();
    assertThat(settings.dataDir()).isEqualTo(Path.of("sms-queue-data"));
    assertThat(settings.redisUri()).isEmpty();
    assertThat(settings.jdbcUrl()).isEmpty();
    assertThat(settings.gateways()).containsExactly("simulated");
    assertThat(settings.rate()).isEmpty();
    assertThat(settings.simulatedLatency()).isEqualTo(Duration.ofMillis(50));
    assertThat(settings.simulatedLog()).isEmpty();
    assertThat(settings.lease()).isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.unknownOutcome()).isEqualTo(UnknownOutcomePolicy.HOLD);
  }

  @Test
  void valuesAreRead() {
    Settings settings = new Settings(Map.of(
        "PORT", " 0 ",
        "BIND_ADDRESS", "0.0.0.0",
        "DATA_DIR", "/tmp/x",
        "REDIS_URI", "redis://localhost",
        "SMS_GATEWAY", "logging",
        "SMS_RATE", "12.5",
        "WORKER_LEASE_MS", "2000",
        "UNKNOWN_OUTCOME", "resend"));

    assertThat(settings.port()).isZero();
    assertThat(settings.bindAddress().isAnyLocalAddress()).isTrue();
    assertThat(settings.dataDir()).isEqualTo(Path.of("/tmp/x"));
    assertThat(settings.redisUri()).contains("redis://localhost");
    assertThat(settings.gateways()).containsExactly("logging");
    assertThat(settings.rate()).contains(12.5);
    assertThat(settings.lease()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.unknownOutcome()).isEqualTo(UnknownOutcomePolicy.RESEND);
  }

  @ParameterizedTest
  @CsvSource({
    "PORT, 80a",
    "PORT, 65536",
    "PORT, -1",
    "BIND_ADDRESS, 256.0.0.1",
    "SMS_GATEWAY, pigeon",
    "SMS_GATEWAY, 'twilio,'",
    "SMS_GATEWAY, 'twilio,twilio'",
    "PUBLIC_URL, sms.example.com",
    "PUBLIC_URL, ftp://sms.example.com",
    "PRICE_TABLE, /no/such/file",
    "SMS_RATE, 0",
    "SMS_RATE, NaN",
    "SMS_RATE, 1000001",
    "SMS_RATE, fast",
    "SIMULATED_LATENCY_MS, -5",
    "WORKER_LEASE_MS, 10",
    "UNKNOWN_OUTCOME, maybe"
  })
  void aBadValueIsRefusedWithTheNameOfItsVariable(String name, String value) {
    assertThatThrownBy(() -> new Settings(Map.of(name, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(value);
  }

  @Test
  void severalGatewaysAreInTheOrderGivenAndMayHaveRatesOfTheirOwn() {
    Settings settings = new Settings(
        Map.of("SMS_GATEWAY", "Aliyun, twilio", "SMS_RATE", "10", "TWILIO_RATE", "1.5"));

    assertThat(settings.gateways()).containsExactly("aliyun", "twilio");
    assertThat(settings.rate()).contains(10.0);
    assertThat(settings.rate("aliyun")).isEmpty();
    assertThat(settings.rate("twilio")).contains(1.5);
    assertThatThrownBy(() -> new Settings(Map.of("SMS_GATEWAY", "twilio", "TWILIO_RATE", "fast")))
        .hasMessageContaining("TWILIO_RATE");
  }

  @Test
  void theSettingsOfAGatewayAreTheVariablesThatBeginWithItsName() {
    Settings settings = new Settings(Map.of(
        "TWILIO_ACCOUNT_SID", "AC1",
        "TWILIO_SENDER", " +15005550006 ",
        "TWILIO_NAME", "",
        "TWILIO_RATE", "5",
        "TWILIO_RECEIPT_SECRET", "0123456789abcdef",
        "SENDER", "other"));

    assertThat(settings.properties("twilio", words -> String.join("-", words)))
        .isEqualTo(Map.of("account-sid", "AC1", "sender", "+15005550006"));
    assertThat(Settings.variable("twilio", "account-sid")).isEqualTo("TWILIO_ACCOUNT_SID");
    assertThat(Settings.variable("aliyun", "accessKeyId")).isEqualTo("ALIYUN_ACCESS_KEY_ID");
  }

  @Test
  void aPriceTableIsReadFromItsFile(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("prices"), "+86,0.045\n*,0.5\n");
    Path bad = Files.writeString(directory.resolve("bad"), "+86 0.045\n");

    Settings settings =
        new Settings(Map.of("PRICE_TABLE", file.toString(), "PRICE_CURRENCY", "USD"));

    assertThat(settings.prices().orElseThrow().price("+8613800138000"))
        .contains(new BigDecimal("0.045"));
    assertThat(settings.prices().orElseThrow().currency().getCurrencyCode()).isEqualTo("USD");
    assertThatThrownBy(() -> new Settings(Map.of("PRICE_TABLE", bad.toString())))
        .hasMessageContaining("PRICE_TABLE")
        .hasMessageContaining("line 1");
  }

  @Test
  void aMissingRequiredValueIsNamed() {
    assertThatThrownBy(() -> new Settings(Map.of()).required("REDIS_URI"))
        .hasMessageContaining("REDIS_URI");
  }
}
