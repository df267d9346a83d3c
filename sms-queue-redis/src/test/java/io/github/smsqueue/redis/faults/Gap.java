// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis.faults;

/** A time that Redis may forget by the durability that it was configured for; epoch milliseconds. */
record Gap(long from, long to) {
  boolean has(long at) {
    return from <= at && at <= to;
  }
}
