// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.smsqueue.UnknownOutcomePolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

  @Test
  void anEmptyEnvironmentGivesTheDefaults() {
    Settings settings = new Settings(Map.of());

    assertThat(settings.port()).isEqualTo(8080);
    assertThat(settings.dataDir()).isEqualTo(Path.of("sms-queue-data"));
    assertThat(settings.redisUri()).isEmpty();
    assertThat(settings.jdbcUrl()).isEmpty();
    assertThat(settings.gateway()).isEqualTo(Settings.Gateway.SIMULATED);
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
        "DATA_DIR", "/tmp/x",
        "REDIS_URI", "redis://localhost",
        "SMS_GATEWAY", "logging",
        "SMS_RATE", "12.5",
        "WORKER_LEASE_MS", "2000",
        "UNKNOWN_OUTCOME", "resend"));

    assertThat(settings.port()).isZero();
    assertThat(settings.dataDir()).isEqualTo(Path.of("/tmp/x"));
    assertThat(settings.redisUri()).contains("redis://localhost");
    assertThat(settings.gateway()).isEqualTo(Settings.Gateway.LOGGING);
    assertThat(settings.rate()).contains(12.5);
    assertThat(settings.lease()).isEqualTo(Duration.ofSeconds(2));
    assertThat(settings.unknownOutcome()).isEqualTo(UnknownOutcomePolicy.RESEND);
  }

  @ParameterizedTest
  @CsvSource({
    "PORT, 80a",
    "PORT, 65536",
    "PORT, -1",
    "SMS_GATEWAY, pigeon",
    "SMS_RATE, 0",
    "SMS_RATE, NaN",
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
  void aMissingRequiredValueIsNamed() {
    assertThatThrownBy(() -> new Settings(Map.of()).required("REDIS_URI"))
        .hasMessageContaining("REDIS_URI");
  }
}
