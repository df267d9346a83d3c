// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.Recipient;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends nothing: accepts every message and writes one INFO line a call, with masked numbers and
 * without the text. For development and tests. Thread-safe.
 */
public final class LoggingGateway implements SmsGateway {
  private static final Logger log = LoggerFactory.getLogger(LoggingGateway.class);
  private static final int SHOWN = 3;

  private final int maxRecipients;

  private LoggingGateway(int maxRecipients) {
    this.maxRecipients = maxRecipients;
  }

  /** A gateway that takes 100 recipients a call. */
  public static LoggingGateway create() {
    return create(100);
  }

  /**
   * A gateway that takes as many recipients a call as given.
   *
   * @param maxRecipients how many recipients a call has at most, at least 1
   */
  public static LoggingGateway create(int maxRecipients) {
    if (maxRecipients < 1) {
      throw new InvalidFieldException("maxRecipients", maxRecipients + " < 1");
    }
    return new LoggingGateway(maxRecipients);
  }

  @Override
  public SendReport send(SmsRequest request) {
    if (log.isInfoEnabled()) {
      log.info(
          "batch {} from ordinal {}: {} recipient(s) {}, template {}, sender {}, {} characters",
          request.batchId(),
          request.targets().get(0).ordinal(),
          request.targets().size(),
          shown(request),
          request.message().template().orElse("none"),
          request.message().sender().map(Recipient::maskNumbersIn).orElse("none"),
          request.message().content().map(String::length).orElse(0));
    }
    return SendReport.each(request, target -> new SendResult.Accepted("log-" + UUID.randomUUID()));
  }

  private static String shown(SmsRequest request) {
    String more = request.targets().size() > SHOWN ? ", …" : "";
    return request.targets().stream()
        .limit(SHOWN)
        .map(target -> Recipient.mask(target.number()))
        .collect(Collectors.joining(", ", "", more));
  }

  @Override
  public String name() {
    return "log";
  }

  @Override
  public int maxRecipients() {
    return maxRecipients;
  }

  @Override
  public String toString() {
    return "LoggingGateway[maxRecipients=" + maxRecipients + "]";
  }
}
