// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jsmpp.SMPPConstant;
import org.jsmpp.util.DefaultComposer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One bound connection, until it ends; then all who wait for an answer on it learn so at once.
 * Thread-safe.
 *
 * <p>One thread reads ({@link #read}), and also keeps the link alive: when nothing has come for a
 * while it sends an enquire_link, and ends the link when that is not answered. It hands receipts on to
 * threads of their own, so a slow consumer never delays the answers to submits. Anybody may write. A
 * write that blocks because the SMSC has stopped reading is freed by {@link #endIfUseless}, whose caller
 * never writes.
 *
 * <p>This is why jsmpp's {@code SMPPSession} is not used (3.0.1, read at source): it tells nobody who
 * waits that the connection is gone, takes an interrupt for a time-out, has one pool of nameless
 * threads for receipts and answers, and puts values of fields, numbers and passwords too, into the
 * messages of exceptions that it logs at ERROR.
 */
final class Link {
  private static final Logger log = LoggerFactory.getLogger(Link.class);

  private final Socket raw;
  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final BindSettings settings;
  private final Links links;
  private final DefaultComposer composer = new DefaultComposer();
  private final Map<Integer, CompletableFuture<Pdu>> outstanding = new ConcurrentHashMap<>();
  private final AtomicInteger abandoned = new AtomicInteger();
  private final AtomicInteger sequence = new AtomicInteger(1);
  private final AtomicReference<@Nullable String> ended = new AtomicReference<>();
  private final ReentrantLock writing = new ReentrantLock();
  private volatile boolean unbinding;
  private volatile long heard = System.nanoTime();
  private volatile long stuckSince;

  private Link(Socket raw, Socket socket, DataInputStream in, BindSettings settings, Links links)
      throws IOException {
    this.raw = raw;
    this.socket = socket;
    this.in = in;
    this.out = socket.getOutputStream();
    this.settings = settings;
    this.links = links;
  }

  /**
   * Connects and binds.
   *
   * @param raw a new socket; to close it ends this call
   */
  static Link open(Socket raw, BindSettings settings, Links links) throws IOException {
    Socket socket = settings.endpoint().connect(raw);
    DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    socket.setSoTimeout(millis(settings.responseTimeout()));
    socket.getOutputStream().write(settings.credentials().bind(1));
    socket.getOutputStream().flush();
    Pdu answer;
    try {
      answer = Pdu.read(in);
    } catch (SocketTimeoutException e) {
      throw new IOException("no answer to the bind within " + settings.responseTimeout(), e);
    }
    if (answer.id() == SMPPConstant.CID_GENERIC_NACK || answer.status() != 0) {
      throw new BindRefusedException(answer.status());
    }
    if (answer.id() != SMPPConstant.CID_BIND_TRANSCEIVER_RESP) {
      throw new IOException(
          "the SMSC answered the bind with command_id 0x%08X".formatted(answer.id()));
    }
    return new Link(raw, socket, in, settings, links);
  }

  /** Reads until the link ends; returns why. */
  String read(ReceiptDesk receipts) {
    try {
      readAll(receipts);
    } catch (IOException | RuntimeException e) {
      end(e.getMessage() == null ? e.toString() : e.getMessage());
    }
    return String.valueOf(ended.get());
  }

  private void readAll(ReceiptDesk receipts) throws IOException {
    socket.setSoTimeout(millis(settings.enquireLink()));
    boolean enquired = false;
    while (ended.get() == null) {
      Pdu pdu;
      try {
        pdu = Pdu.read(in);
      } catch (SocketTimeoutException e) {
        if (enquired) {
          throw new IOException(
              "no answer to enquire_link within " + settings.responseTimeout(), e);
        }
        enquired = true;
        socket.setSoTimeout(millis(settings.responseTimeout()));
        write(composer.enquireLink(nextSequence()));
        continue;
      }
      heard = System.nanoTime();
      if (enquired) {
        enquired = false;
        socket.setSoTimeout(millis(settings.enquireLink()));
      }
      handle(pdu, receipts);
    }
  }

  private void handle(Pdu pdu, ReceiptDesk receipts) {
    switch (pdu.id()) {
      case SMPPConstant.CID_SUBMIT_SM_RESP, SMPPConstant.CID_GENERIC_NACK -> answered(pdu);
      case SMPPConstant.CID_DELIVER_SM -> receipts.take(this, pdu);
      case SMPPConstant.CID_ENQUIRE_LINK -> write(composer.enquireLinkResp(pdu.sequence()));
      case SMPPConstant.CID_UNBIND -> {
        write(composer.unbindResp(SMPPConstant.STAT_ESME_ROK, pdu.sequence()));
        end("the SMSC unbound");
      }
      case SMPPConstant.CID_UNBIND_RESP -> end("unbound");
      case SMPPConstant.CID_ENQUIRE_LINK_RESP, SMPPConstant.CID_ALERT_NOTIFICATION -> {
        // Heard of, which is all there is to them.
      }
      default -> {
        log.debug("unexpected PDU with command_id 0x{}", Integer.toHexString(pdu.id()));
        if (pdu.id() > 0) {
          write(composer.genericNack(SMPPConstant.STAT_ESME_RINVCMDID, pdu.sequence()));
        }
      }
    }
  }

  private void answered(Pdu pdu) {
    CompletableFuture<Pdu> answer = outstanding.remove(pdu.sequence());
    if (answer == null) {
      log.debug("an answer to nothing: {}", CommandStatus.name(pdu.status()));
    } else if (!answer.complete(pdu)) {
      abandoned.decrementAndGet();
      links.release(this);
      log.debug("a late answer: {}", CommandStatus.name(pdu.status()));
    }
  }

  /**
   * Submits one part and waits for its answer, at most the response time-out.
   *
   * <p>A caller that stops waiting leaves its slot to the message, until that is answered after all or
   * the link ends: the SMSC never has more than the window. When all slots have gone that way, and
   * stay so, the link ends.
   *
   * @throws NotWrittenException nothing was written; the interrupt flag is set if that was why
   * @throws NoAnswerException the outcome is not known; likewise
   */
  Pdu submit(Submission submission, Part part, boolean receipt)
      throws NotWrittenException, NoAnswerException {
    int number = nextSequence();
    byte[] pdu = submission.compose(number, part, receipt);
    CompletableFuture<Pdu> answer = new CompletableFuture<>();
    write(number, pdu, answer);
    try {
      return answer.get(settings.responseTimeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new NoAnswerException("the bind was lost with the message outstanding: " + ended.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return abandon(answer, "interrupted with the message outstanding");
    } catch (TimeoutException e) {
      return abandon(answer, "no submit_sm_resp within " + settings.responseTimeout());
    }
  }

  private void write(int number, byte[] pdu, CompletableFuture<Pdu> answer)
      throws NotWrittenException, NoAnswerException {
    try {
      writing.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NotWrittenException("interrupted before anything was written");
    }
    try {
      // In this order, as end() sets the reason first and then looks who waits.
      outstanding.put(number, answer);
      String reason = unbinding ? "closing" : ended.get();
      if (reason != null) {
        outstanding.remove(number);
        throw new NotWrittenException("the bind is down: " + reason);
      }
      out.write(pdu);
      out.flush();
    } catch (IOException e) {
      end("writing failed: " + e.getMessage());
      throw new NoAnswerException("the bind was lost while the message was written");
    } finally {
      writing.unlock();
    }
  }

  private Pdu abandon(CompletableFuture<Pdu> answer, String why) throws NoAnswerException {
    if (!answer.cancel(false) && !answer.isCompletedExceptionally()) {
      return answer.join();
    }
    if (answer.isCancelled() && abandoned.incrementAndGet() == settings.window()) {
      stuckSince = System.nanoTime();
    }
    throw new NoAnswerException(why);
  }

  /** Answers a deliver_sm; nothing when the link has ended, as the SMSC will deliver again. */
  void deliverAnswer(Pdu deliver, int status) {
    write(composer.deliverSmResp(status, deliver.sequence(), ""));
  }

  /** Asks the SMSC to end it; nothing is submitted any more. */
  void unbind() {
    unbinding = true;
    write(composer.unbind(nextSequence()));
  }

  private void write(byte[] pdu) {
    writing.lock();
    try {
      if (ended.get() == null) {
        out.write(pdu);
        out.flush();
      }
    } catch (IOException e) {
      end("writing failed: " + e.getMessage());
    } finally {
      writing.unlock();
    }
  }

  /** Ends the link when nothing has come for too long, or no message can get a slot any more. */
  void endIfUseless() {
    Duration silence = settings.longestSilence();
    long now = System.nanoTime();
    if (now - heard > silence.toNanos()) {
      end("nothing was heard for " + silence);
    } else if (abandoned.get() >= settings.window()
        && now - stuckSince > settings.responseTimeout().toNanos()) {
      end("none of " + settings.window() + " outstanding messages is answered");
    }
  }

  /** Ends the link at once, even if somebody is blocked on it; only the first reason counts. */
  void end(String reason) {
    if (!ended.compareAndSet(null, reason)) {
      return;
    }
    links.down(this);
    try {
      // Not the TLS socket, whose close waits for a blocked write.
      raw.close();
    } catch (IOException e) {
      log.debug("closing a socket failed", e);
    }
    outstanding.values().forEach(answer -> answer.completeExceptionally(new IOException(reason)));
  }

  /** How many messages have no answer; those of an ended link will never have one. */
  int outstanding() {
    return outstanding.size();
  }

  private int nextSequence() {
    return sequence.updateAndGet(last -> last == Integer.MAX_VALUE ? 1 : last + 1);
  }

  private static int millis(Duration duration) {
    return Math.toIntExact(duration.toMillis());
  }
}
