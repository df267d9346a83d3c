// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The estimate of a batch is above its {@link SmsBatch#maxCost()}. Nothing was stored. */
public final class CostCapException extends InvalidFieldException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Estimate estimate;

  CostCapException(String problem, Estimate estimate) {
    super("maxCost", problem);
    this.estimate = estimate;
  }

  /** What the batch would come to; empty only in an exception that was deserialized. */
  public Optional<Estimate> estimate() {
    return Optional.ofNullable(estimate);
  }
}
