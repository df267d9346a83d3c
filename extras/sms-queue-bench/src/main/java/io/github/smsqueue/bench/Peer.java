// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.util.Arrays;
import java.util.function.Function;

/** Who is measured. */
@SuppressWarnings("ImmutableEnumChecker") // the factories hold nothing
enum Peer {
  SMS_QUEUE("sms-queue", Kind.REDIS, SmsQueueSubject::redis),
  LIMIT("limit", Kind.REDIS, LimitSubject::new),
  NAIVE("naive", Kind.REDIS, NaiveSubject::new),
  STREAM("xreadgroup", Kind.REDIS, StreamSubject::new),
  REDISSON("redisson", Kind.REDIS, RedissonSubject::polling),
  REDISSON_ACK("redisson-ack", Kind.REDIS, RedissonSubject::acknowledging),
  RQUEUE("rqueue", Kind.REDIS, RqueueSubject::new),
  DB_SCHEDULER("db-scheduler", Kind.DATABASE, DbSchedulerSubject::new),
  JOBRUNR("jobrunr", Kind.DATABASE, JobRunrSubject::new),
  JSON("limit-json", Kind.ONE_PROCESS, place -> new JsonSubject()),
  /** Without libphonenumber, too: its drain is what is measured, and that checks no numbers. */
  MEMORY("sms-queue-memory", Kind.ONE_PROCESS, SmsQueueSubject::memory),
  /** Numbers are checked without libphonenumber, which is not in the class path. */
  STRICT("sms-queue-strict", Kind.REDIS, SmsQueueSubject::redis),
  MESSAGE_IDS("sms-queue-ids", Kind.REDIS, SmsQueueSubject::withMessageIds);

  /** Where the jobs are. */
  enum Kind {
    REDIS,
    DATABASE,
    ONE_PROCESS
  }

  private final String label;
  private final Kind kind;
  private final Function<Place, Subject> factory;

  Peer(String label, Kind kind, Function<Place, Subject> factory) {
    this.label = label;
    this.kind = kind;
    this.factory = factory;
  }

  String label() {
    return label;
  }

  Kind kind() {
    return kind;
  }

  /** Whether it is this library in one of its forms. */
  boolean isOurs() {
    return label.startsWith("sms-queue");
  }

  /** Whether libphonenumber is kept out of its class path. */
  boolean isStrict() {
    return this == MEMORY || this == STRICT;
  }

  Subject open(Place place) {
    return factory.apply(place);
  }

  static Peer labelled(String label) {
    return Arrays.stream(values())
        .filter(peer -> peer.label.equals(label))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no subject is called " + label
            + "; there are " + Arrays.stream(values()).map(Peer::label).toList()));
  }
}
