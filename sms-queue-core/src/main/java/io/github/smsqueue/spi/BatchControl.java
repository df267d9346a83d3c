// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

/** An operator's word on a whole batch. Immutable. */
public enum BatchControl {
  /** No more calls until resumed. */
  PAUSE,
  /** Goes on after a pause. */
  RESUME,
  /** No more calls, for good. */
  CANCEL
}
