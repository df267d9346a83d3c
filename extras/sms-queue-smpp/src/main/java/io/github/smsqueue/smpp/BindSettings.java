// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import java.time.Duration;

/** What every bind of a gateway is made with. Immutable. */
record BindSettings(
    Endpoint endpoint,
    Credentials credentials,
    int window,
    Duration responseTimeout,
    Duration enquireLink,
    Backoff reconnect) {

  /** After how long without a word from the SMSC a connection is certainly of no use. */
  Duration longestSilence() {
    return enquireLink.plus(responseTimeout.multipliedBy(2));
  }
}
