// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static io.github.smsqueue.examples.Http.FORM;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

class ServletExampleTest {

  @Test
  void itSubmitsRefusesAndStopsInGoodOrder() throws Exception {
    Server server = ServletExample.start(0);
    try {
      int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
      Http http = new Http(URI.create("http://127.0.0.1:" + port));

      String id =
          http.submit("/send-sms", FORM, "template_id=123&mobiles%5B%5D=13800138000&content=x");
      Http.Answer refused = http.post("/send-sms", FORM, "template_id=123&content=x");

      assertThat(id).isNotBlank();
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.json().get("field").asText()).isEqualTo("recipients");
    } finally {
      server.stop();
    }
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("sms-worker"));
  }
}
