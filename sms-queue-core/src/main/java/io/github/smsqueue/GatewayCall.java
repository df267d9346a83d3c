// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call to a gateway. Either the gateway answers in time, or the call is abandoned by somebody
 * who watches the deadline; exactly one of the two happens. Thread-safe.
 */
final class GatewayCall {
  private static final Logger log = LoggerFactory.getLogger(GatewayCall.class);

  /** Results in the order of the request's targets, and why the gateway paused if it did. */
  record Answer(List<SendResult> results, Optional<String> paused) {
    static Answer all(SmsRequest request, SendResult result) {
      return new Answer(
          java.util.Collections.nCopies(request.targets().size(), result), Optional.empty());
    }
  }

  private final SmsGateway gateway;
  private final SmsRequest request;
  private final long deadline;

  // Guarded by this.
  private @Nullable Thread thread;
  private boolean over;

  GatewayCall(SmsGateway gateway, SmsRequest request, Duration timeout) {
    this.gateway = gateway;
    this.request = request;
    this.deadline = System.nanoTime() + timeout.toNanos();
  }

  SmsRequest request() {
    return request;
  }

  boolean overdue() {
    return System.nanoTime() - deadline > 0;
  }

  /**
   * Makes the call.
   *
   * @return empty when the call was abandoned meanwhile: somebody else has dealt with it
   */
  Optional<Answer> make() {
    synchronized (this) {
      if (over) {
        return Optional.empty();
      }
      thread = Thread.currentThread();
    }
    Answer answer = send();
    synchronized (this) {
      thread = null;
      // An interrupt, be it from abandon() or from the gateway itself, ends with this call.
      Thread.interrupted();
      if (over) {
        return Optional.empty();
      }
      over = true;
      return Optional.of(answer);
    }
  }

  /** Interrupts the call; true when it had not been answered and now never will be. */
  synchronized boolean abandon() {
    if (over) {
      return false;
    }
    over = true;
    if (thread != null) {
      thread.interrupt();
    }
    return true;
  }

  private Answer send() {
    try {
      @Nullable SendReport report = gateway.send(request);
      return report == null
          ? unknown("the gateway returned null")
          : new Answer(inOrder(report), Optional.empty());
    } catch (GatewayPausedException e) {
      Unquoted unquoted = Unquoted.of(request);
      SendResult result = unquoted.result(e.result());
      return new Answer(
          Answer.all(request, result).results(), Optional.of(unquoted.text(e.reason())));
    } catch (GatewayException e) {
      return Answer.all(request, Unquoted.of(request).result(e.result()));
    } catch (Throwable e) {
      // Errors, too: whatever a gateway throws, the worker goes on and the outcome is not known.
      log.warn(
          "Gateway {} threw {} for batch {}; the outcome for {} recipients is not known{}",
          gateway.name(),
          e.getClass().getName(),
          request.batchId(),
          request.targets().size(),
          origin(e));
      return unknown("the gateway threw " + e.getClass().getName());
    }
  }

  private Answer unknown(String reason) {
    return Answer.all(request, new SendResult.Unknown(reason));
  }

  /** Where a throwable came from; its message could hold a number or a text, and is left out. */
  private static String origin(Throwable e) {
    StackTraceElement[] trace = e.getStackTrace();
    return trace.length == 0 ? "" : " (at " + trace[0] + ")";
  }

  private List<SendResult> inOrder(SendReport report) {
    List<SendReport.RecipientResult> given = report.results();
    for (int i = 0; i < given.size(); i++) {
      if (given.size() != request.targets().size()
          || given.get(i).ordinal() != request.targets().get(i).ordinal()) {
        return sorted(report);
      }
    }
    return given.isEmpty() ? sorted(report) : each(given);
  }

  /** The results of a report that names every recipient once, in the order of the request. */
  private List<SendResult> each(List<SendReport.RecipientResult> given) {
    List<SendResult> results = new ArrayList<>(given.size());
    for (int i = 0; i < given.size(); i++) {
      results.add(unquoted(i, given.get(i).result()));
    }
    return results;
  }

  private SendResult unquoted(int position, SendResult result) {
    return result instanceof SendResult.Accepted
        ? result
        : Unquoted.of(request, request.targets().get(position)).result(result);
  }

  private List<SendResult> sorted(SendReport report) {
    Map<Integer, Integer> positions = new HashMap<>();
    List<SendResult> results = new ArrayList<>(request.targets().size());
    for (SmsRequest.Target target : request.targets()) {
      positions.put(target.ordinal(), results.size());
      results.add(NONE);
    }
    int strangers = 0;
    for (SendReport.RecipientResult each : report.results()) {
      Integer position = positions.get(each.ordinal());
      if (position == null) {
        strangers++;
      } else {
        SendResult result = unquoted(position, each.result());
        results.set(position, moreCareful(results.get(position), result));
      }
    }
    int missing = 0;
    for (int i = 0; i < results.size(); i++) {
      if (results.get(i) == NONE) {
        missing++;
        results.set(i, new SendResult.Unknown("the gateway gave no result"));
      }
    }
    if (strangers > 0 || missing > 0) {
      log.warn(
          "Gateway {} gave no result for {} of {} recipients and {} that were not asked for, batch"
              + " {}; those without a result count as unknown",
          gateway.name(),
          missing,
          results.size(),
          strangers,
          request.batchId());
    }
    return results;
  }

  private static final SendResult NONE = new SendResult.Unknown("");

  private static SendResult moreCareful(SendResult one, SendResult other) {
    return one != NONE && care(one) >= care(other) ? one : other;
  }

  private static int care(SendResult result) {
    if (result instanceof SendResult.Accepted) {
      return 3;
    }
    if (result instanceof SendResult.Unknown) {
      return 2;
    }
    return result instanceof SendResult.Rejected ? 1 : 0;
  }
}
