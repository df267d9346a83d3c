// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.Submission;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SmsGateway;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The whole library in about twenty lines: in memory, with a lambda as the gateway. */
public final class PlainMain {
  private PlainMain() {}

  public static void main(String[] args) throws InterruptedException {
    CountDownLatch calls = new CountDownLatch(2);
    SmsGateway gateway = request -> {
      System.out.println("the provider is called for " + request.targets());
      calls.countDown();
      return SendReport.accepted(request);
    };

    try (SmsBackend backend = SmsBackend.inMemory()) {
      SmsWorker worker = SmsWorker.builder(backend, gateway).build();
      new Thread(worker, "sms-worker").start();

      SmsDispatcher dispatcher = SmsDispatcher.builder(backend).build();
      Submission submission = dispatcher.submit(SmsBatch.builder()
          .content("测试短信")
          .to(List.of("13800138000", "13800138001"))
          .build());

      calls.await();
      worker.close(); // returns when what the calls did is recorded
      System.out.println(dispatcher.status(submission.batchId()).orElseThrow());
    }
  }
}
