// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.GatewayPausedException;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendReport.RecipientResult;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * How a {@link SimulatedGateway} treats one call: what becomes of each recipient at the provider,
 * and what the caller gets to know of it. Immutable.
 */
public final class GatewayBehaviour {
  private static final SendResult ACCEPTED = new SendResult.Accepted("");
  private static final SendResult NOTHING = new SendResult.NotSent("never arrived");

  private final String name;
  private final Fate fate;
  private final Answer answer;

  private GatewayBehaviour(String name, Fate fate, Answer answer) {
    this.name = name;
    this.fate = fate;
    this.answer = answer;
  }

  /** What becomes of a recipient at the provider. */
  interface Fate {
    SendResult of(Target target, int attempt, int index);
  }

  /** What the caller gets to know. */
  interface Answer {
    SendReport to(List<RecipientResult> truth, CountDownLatch closed) throws GatewayException;
  }

  private static final Answer HONEST = (truth, closed) -> SendReport.of(truth);

  /** Takes every recipient. */
  public static GatewayBehaviour accept() {
    return each("accept", ACCEPTED, HONEST);
  }

  /** Takes nobody, and wants to be left alone for a while. */
  public static GatewayBehaviour throttle(Duration retryAfter) {
    return each("throttle", new SendResult.NotSent("throttled", retryAfter), HONEST);
  }

  /** Refuses every recipient for good. */
  public static GatewayBehaviour reject(String code) {
    return each("reject", new SendResult.Rejected(code, "refused"), HONEST);
  }

  /** Cannot be reached: the call fails before anything is sent. */
  public static GatewayBehaviour refuseConnection() {
    return each(
        "refuseConnection", new SendResult.NotSent("connection refused"), (truth, closed) -> {
          throw GatewayException.notSent("connection refused", Duration.ZERO, null);
        });
  }

  /** Takes every recipient, and the answer is lost. */
  public static GatewayBehaviour acceptThenTimeOut() {
    return each("acceptThenTimeOut", ACCEPTED, GatewayBehaviour::timeOut);
  }

  /** Takes nobody, and the caller cannot know. */
  public static GatewayBehaviour timeOut() {
    return each("timeOut", NOTHING, GatewayBehaviour::timeOut);
  }

  /** Takes every recipient, and does not answer before it is interrupted or closed. */
  public static GatewayBehaviour acceptThenHang() {
    return each("acceptThenHang", ACCEPTED, GatewayBehaviour::hang);
  }

  /** Takes nobody, and does not answer before it is interrupted or closed. */
  public static GatewayBehaviour hang() {
    return each("hang", NOTHING, GatewayBehaviour::hang);
  }

  /** Takes the first recipients of the call and has no room for the others. */
  public static GatewayBehaviour acceptOnly(int first) {
    return new GatewayBehaviour(
        "acceptOnly",
        (target, attempt, i) -> i < first ? ACCEPTED : new SendResult.NotSent("no room"),
        HONEST);
  }

  /** Takes every recipient and forgets to answer for the last. */
  public static GatewayBehaviour acceptThenAnswerTooFew() {
    return each(
        "acceptThenAnswerTooFew",
        ACCEPTED,
        (truth, closed) -> SendReport.of(truth.subList(0, truth.size() - 1)));
  }

  /** Takes every recipient and answers for one who was not in the call, too. */
  public static GatewayBehaviour acceptThenAnswerTooMany() {
    return each("acceptThenAnswerTooMany", ACCEPTED, (truth, closed) -> {
      int last = truth.get(truth.size() - 1).ordinal();
      RecipientResult foreign = new RecipientResult(last + 1, ACCEPTED);
      return SendReport.of(Stream.concat(truth.stream(), Stream.of(foreign)).toList());
    });
  }

  /** Takes every recipient and answers twice for each, the second time that it did not. */
  public static GatewayBehaviour acceptThenAnswerTwice() {
    return each("acceptThenAnswerTwice", ACCEPTED, (truth, closed) -> {
      List<RecipientResult> twice = new ArrayList<>(truth);
      truth.forEach(one -> twice.add(new RecipientResult(one.ordinal(), NOTHING)));
      return SendReport.of(twice);
    });
  }

  /** Takes every recipient and answers in the opposite order. */
  public static GatewayBehaviour acceptInDisorder() {
    return each("acceptInDisorder", ACCEPTED, (truth, closed) -> {
      List<RecipientResult> reversed = new ArrayList<>(truth);
      Collections.reverse(reversed);
      return SendReport.of(reversed);
    });
  }

  /** Takes every recipient, then throws what an adapter with a bug would throw. */
  public static GatewayBehaviour acceptThenThrow(Supplier<? extends RuntimeException> exception) {
    return each("acceptThenThrow", ACCEPTED, (truth, closed) -> {
      throw exception.get();
    });
  }

  /** Takes every recipient, then throws an error. */
  public static GatewayBehaviour acceptThenFail(Supplier<? extends Error> error) {
    return each("acceptThenFail", ACCEPTED, (truth, closed) -> {
      throw error.get();
    });
  }

  /** The account cannot send at all: nobody is taken. */
  public static GatewayBehaviour pause(String reason) {
    return each("pause", new SendResult.NotSent(reason), (truth, closed) -> {
      throw new GatewayPausedException(reason);
    });
  }

  /**
   * What the function says.
   *
   * @param fate of a recipient and how often it was in a call, this time included; from 1, and as
   *     far as the recording of the gateway reaches
   */
  public static GatewayBehaviour perRecipient(BiFunction<Target, Integer, SendResult> fate) {
    return new GatewayBehaviour(
        "perRecipient", (target, attempt, i) -> fate.apply(target, attempt), HONEST);
  }

  private static GatewayBehaviour each(String name, SendResult result, Answer answer) {
    return new GatewayBehaviour(name, (target, attempt, i) -> result, answer);
  }

  private static SendReport timeOut(List<RecipientResult> truth, CountDownLatch closed)
      throws GatewayException {
    throw GatewayException.unknown("read timed out", null);
  }

  private static SendReport hang(List<RecipientResult> truth, CountDownLatch closed)
      throws GatewayException {
    try {
      closed.await();
      throw GatewayException.unknown("the connection was closed", null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw GatewayException.unknown("interrupted", e);
    }
  }

  SendResult fate(SmsRequest request, int index, int attempt) {
    return fate.of(request.targets().get(index), attempt, index);
  }

  SendReport answer(List<RecipientResult> truth, CountDownLatch closed) throws GatewayException {
    return answer.to(truth, closed);
  }

  @Override
  public String toString() {
    return "GatewayBehaviour[" + name + "]";
  }
}
