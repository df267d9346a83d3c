// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

/** A short night, with real workers. */
class TonightMainIT {

  @Test
  void theWholeCampaignIsSentOnceWithinTheLimitAndNothingIsLost() throws Exception {
    TonightMain.Options options = TonightMain.Options.of(new String[] {
      "--minutes",
      "2",
      "--workers",
      "2",
      "--mps",
      "150",
      "--recipients",
      "1500",
      "--latency",
      "20",
      "--warmup",
      "1",
      "--burst",
      "100"
    });

    JsonNode result = new ObjectMapper().readTree(TonightMain.run(options));

    assertThat(result.path("mps_limit").asInt()).isEqualTo(150);
    assertThat(result.path("bulk_sent").asInt()).isEqualTo(1500);
    assertThat(result.path("duplicates").asInt()).isZero();
    assertThat(result.path("lost").asInt()).isZero();
    assertThat(result.path("otp_p50_ms").asInt()).isNotNegative();
  }

  @Test
  void aBadOptionIsNamed() {
    assertThatThrownBy(() -> TonightMain.Options.of(new String[] {"--speed", "9"}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--speed");
  }
}
