// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

/** The priority of a batch. A worker takes work from the first lane that has any. Immutable. */
public enum Lane {
  /** One-time passwords and alarms: somebody is waiting for the text. */
  URGENT,
  /** Everything that is neither urgent nor a campaign. */
  NORMAL,
  /** Campaigns. */
  BULK
}
