// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static io.github.smsqueue.examples.Http.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.smsqueue.BatchStatus;
import io.github.smsqueue.RecipientState;
import io.github.smsqueue.SmsDispatcher;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

class SpringExampleTest {

  @Test
  void itSendsRefusesAndStopsInGoodOrder() throws Exception {
    try (ConfigurableApplicationContext spring =
        SpringApplication.run(SpringExample.class, "--server.port=0")) {
      String port = spring.getEnvironment().getRequiredProperty("local.server.port");
      Http http = new Http(URI.create("http://127.0.0.1:" + port));

      String id = http.submit(
          "/send-sms",
          JSON,
          "{\"template_id\":123,\"mobiles\":[\"13800138000\"],\"content\":\"测试短信\"}");
      Http.Answer refused = http.post("/send-sms", JSON, "{\"content\":\"x\"}");

      SmsDispatcher dispatcher = spring.getBean(SmsDispatcher.class);
      Await.until(
          "the batch is completed",
          () -> dispatcher.status(id).filter(BatchStatus::completed).isPresent());
      assertThat(dispatcher.status(id).orElseThrow().count(RecipientState.SENT)).isEqualTo(1);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.json().get("field").asText()).isEqualTo("recipients");
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("sms-worker"));
  }
}
