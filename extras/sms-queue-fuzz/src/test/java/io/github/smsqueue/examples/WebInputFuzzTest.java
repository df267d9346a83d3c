// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static org.junit.jupiter.api.Assertions.assertFalse;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpPrincipal;
import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.fuzz.Fuzz;
import io.github.smsqueue.fuzz.Secrets;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import org.junit.jupiter.api.Test;

class WebInputFuzzTest {
  private static final String[] FORMS = {
    "template_id=123&content=" + Secrets.TEXT + "&mobiles=13800138000%2C13800138001&lane=URGENT",
    "mobiles[]=13800138000&mobiles[]=%2B447400123456&content=hi+there&idempotency_key=k",
    "mobiles[0]=13800138000&mobiles[1]=13800138001&content=a&params[code]=1&params[name]=%E6%B5%8B",
    "mobiles=13800138000&mobiles=13800138001&content=a"
  };
  private static final String[] OBJECTS = {
    "{\"template_id\":\"123\",\"mobiles\":[\"13800138000\",13800138001],\"content\":\""
        + Secrets.TEXT + "\"}",
    "{\"mobiles\":\"13800138000，+447400123456\",\"content\":\"a\",\"lane\":\"bulk\",\"params\":{\"code\":1},"
        + "\"idempotency_key\":\"k\",\"other\":[1.5,{\"a\":null}]}"
  };

  @Test
  void aFormIsABatchOrRefused() {
    Fuzz.of("FormData").seeds(FORMS).run(input -> {
      check(input, "application/x-www-form-urlencoded");
    });
  }

  @Test
  void anObjectIsABatchOrRefused() {
    Fuzz.of("examples JSON")
        .seeds(OBJECTS)
        .run(input -> check(input, "application/json; charset=utf-8"));
  }

  @Test
  void anyContentTypeIsReadOrRefused() {
    Fuzz.of("Request").seeds(FORMS).seeds(OBJECTS).run(input -> {
      String name = input.text();
      check(
          input,
          input.pick("application/json", "", ";", " APPLICATION/JSON ;", "text/plain", name));
    });
  }

  private static void check(Fuzz.Input input, String contentType) throws Exception {
    Request request = new Request(new Exchange(contentType, input.bytes()), "");
    try {
      SendRequest send = new SendRequest(input.measured(request::fields));
      SmsBatch batch = input.measured(() -> input.below(4) == 0
          ? send.toSource("customers").build()
          : send.toMobiles().build());
      assertFalse(batch.recipients().isEmpty() && batch.source().isEmpty());
      Secrets.assertShowsNone(batch);
    } catch (InvalidFieldException e) {
      Secrets.assertNone(e);
      Secrets.assertNone(SendRequest.describe(e) + SendRequest.nameOf(e.field()));
    } catch (HttpError e) {
      Secrets.assertNone(e);
    }
  }

  private static final class Exchange extends HttpExchange {
    private final Headers headers = new Headers();
    private final InputStream body;

    Exchange(String contentType, byte[] body) {
      this.body = new ByteArrayInputStream(body);
      if (contentType.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
        headers.set("Content-Type", contentType);
      }
    }

    @Override
    public Headers getRequestHeaders() {
      return headers;
    }

    @Override
    public InputStream getRequestBody() {
      return body;
    }

    @Override
    public Headers getResponseHeaders() {
      throw new UnsupportedOperationException();
    }

    @Override
    public URI getRequestURI() {
      return URI.create("/send-sms");
    }

    @Override
    public String getRequestMethod() {
      return "POST";
    }

    @Override
    public HttpContext getHttpContext() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}

    @Override
    public OutputStream getResponseBody() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void sendResponseHeaders(int status, long length) {}

    @Override
    public InetSocketAddress getRemoteAddress() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int getResponseCode() {
      return -1;
    }

    @Override
    public InetSocketAddress getLocalAddress() {
      throw new UnsupportedOperationException();
    }

    @Override
    public String getProtocol() {
      return "HTTP/1.1";
    }

    @Override
    public Object getAttribute(String name) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void setAttribute(String name, Object value) {}

    @Override
    public void setStreams(InputStream in, OutputStream out) {}

    @Override
    public HttpPrincipal getPrincipal() {
      throw new UnsupportedOperationException();
    }
  }
}
