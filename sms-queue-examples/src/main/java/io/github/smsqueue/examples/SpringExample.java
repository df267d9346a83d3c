// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.QueueUnavailableException;
import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.gateway.LoggingGateway;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** In Spring Boot: the library as plain beans, which Spring closes in the right order. */
@SpringBootApplication
public class SpringExample {

  public static void main(String[] args) {
    SpringApplication spring = new SpringApplication(SpringExample.class);
    // Anybody who reaches it can send: until your Spring Security says who may, this machine only.
    spring.setDefaultProperties(Map.of("server.address", "127.0.0.1"));
    spring.run(args);
  }

  @Bean
  SmsBackend smsBackend() {
    return SmsBackend.inMemory(); // or RedisSmsBackend.connect("redis://127.0.0.1", "shop")
  }

  @Bean
  SmsDispatcher smsDispatcher(SmsBackend backend) {
    return SmsDispatcher.builder(backend).build();
  }

  @Bean
  SmsWorker smsWorker(SmsBackend backend) {
    return SmsWorker.builder(backend, LoggingGateway.create()).build();
  }

  @Bean
  ApplicationRunner startSmsWorker(SmsWorker worker) {
    return arguments -> new Thread(worker, "sms-worker").start();
  }

  @RestController
  static class SmsController {
    private final SmsDispatcher sms;

    SmsController(SmsDispatcher sms) {
      this.sms = sms;
    }

    record SendSms(
        @JsonProperty("template_id") @Nullable String template,
        @Nullable List<String> mobiles,
        @Nullable String content) {}

    @PostMapping("/send-sms")
    @ResponseStatus(HttpStatus.ACCEPTED)
    CompletableFuture<Map<String, Object>> send(@RequestBody SendSms body) {
      SmsBatch.Builder batch = SmsBatch.builder();
      if (body.template() != null) {
        batch.template(body.template());
      }
      if (body.content() != null) {
        batch.content(body.content());
      }
      if (body.mobiles() != null) {
        batch.to(body.mobiles());
      }
      return sms.submitAsync(batch.build())
          .thenApply(submission -> Map.of("success", true, "batchId", submission.batchId()));
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.BAD_REQUEST)
    Map<String, Object> invalid(InvalidFieldException e) {
      return Map.of("success", false, "field", e.field());
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.SERVICE_UNAVAILABLE)
    Map<String, Object> unavailable(QueueUnavailableException e) {
      return Map.of("success", false, "message", "try again later");
    }
  }
}
