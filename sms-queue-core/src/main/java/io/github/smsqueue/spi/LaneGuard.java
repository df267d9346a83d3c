// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.Lane;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A guard that is asked about some lanes only. Immutable. */
final class LaneGuard implements RecipientGuard {
  private final RecipientGuard guard;
  private final Set<Lane> lanes;

  LaneGuard(RecipientGuard guard, Lane... lanes) {
    this.guard = guard;
    this.lanes = Set.of(lanes);
  }

  @Override
  public CompletionStage<List<Decision>> check(SmsRequest request) {
    return lanes.contains(request.lane()) ? guard.check(request) : passed(request);
  }

  @Override
  public CompletionStage<List<Decision>> preview(SmsRequest request) {
    return lanes.contains(request.lane()) ? guard.preview(request) : passed(request);
  }

  private static CompletionStage<List<Decision>> passed(SmsRequest request) {
    return CompletableFuture.completedFuture(
        Collections.nCopies(request.targets().size(), Decision.PASS));
  }
}
