// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.Task.Common;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SmsRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Cuts recipients into tasks. Stateless. */
final class BatchPlanner {

  private BatchPlanner() {}

  /** The good numbers of a batch, and what became of the others. */
  record Addressed(
      List<SmsRequest.Target> targets, int duplicates, List<Submission.RejectedNumber> rejected) {}

  /** Brings numbers to E.164, drops the repeated ones and numbers the rest from 0. */
  static Addressed address(List<Recipient> recipients, PhoneNumbers numbers, String region) {
    List<SmsRequest.Target> targets = new ArrayList<>(recipients.size());
    List<Submission.RejectedNumber> rejected = new ArrayList<>();
    Set<String> seen = new HashSet<>(recipients.size() * 2);
    int duplicates = 0;
    for (int i = 0; i < recipients.size(); i++) {
      Recipient recipient = recipients.get(i);
      PhoneNumbers.Parsed parsed = numbers.parse(recipient.number(), region);
      if (parsed.e164().isEmpty()) {
        rejected.add(
            new Submission.RejectedNumber(i, Recipient.mask(recipient.number()), parsed.problem()));
      } else if (seen.add(parsed.e164().get())) {
        targets.add(new SmsRequest.Target(targets.size(), parsed.e164().get(), recipient.params()));
      } else {
        duplicates++;
      }
    }
    return new Addressed(targets, duplicates, rejected);
  }

  /**
   * The SEND tasks of a run of ordinals.
   *
   * @param all every ordinal of the run; one without a target gets no call
   * @param targets by ascending ordinal
   */
  static List<QueueEntry> sends(
      Common common,
      Lane lane,
      Duration delay,
      int chunkSize,
      Slice all,
      List<SmsRequest.Target> targets) {
    List<QueueEntry> entries = new ArrayList<>(all.count() / chunkSize + 1);
    int from = 0;
    for (int first = all.first(); first < all.end(); first += chunkSize) {
      Slice slice = new Slice(first, Math.min(chunkSize, all.end() - first));
      int to = from;
      while (to < targets.size() && targets.get(to).ordinal() < slice.end()) {
        to++;
      }
      if (to > from) {
        entries.add(send(new Task.Send(common, slice, targets.subList(from, to)), lane, delay));
      }
      from = to;
    }
    return entries;
  }

  private static QueueEntry send(Task.Send task, Lane lane, Duration delay) {
    return new QueueEntry(task.id(), task.batchId(), lane, delay, TaskCodec.encode(task));
  }

  /** The one task of a batch that is read from a source. */
  static QueueEntry expand(Task.Expand task, Lane lane, Duration delay) {
    return new QueueEntry(task.id(), task.batchId(), lane, delay, TaskCodec.encode(task));
  }

  /** Tells apart submissions under one idempotency key: SHA-256 of message and recipients. */
  static String fingerprint(SmsBatch batch, List<SmsRequest.Target> targets) {
    MessageDigest digest = sha256();
    SmsMessage message = batch.message();
    update(digest, message.template().orElse("-"));
    update(digest, message.content().orElse("-"));
    update(digest, message.sender().orElse("-"));
    update(digest, new TreeMap<>(message.params()).toString());
    update(digest, batch.source().orElse("-"));
    for (SmsRequest.Target target : targets) {
      update(digest, target.number());
      if (!target.params().isEmpty()) {
        update(digest, new TreeMap<>(target.params()).toString());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void update(MessageDigest digest, String field) {
    digest.update(field.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
