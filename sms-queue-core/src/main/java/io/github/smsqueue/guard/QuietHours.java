// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.guard;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.Lane;
import io.github.smsqueue.spi.RecipientGuard;
import io.github.smsqueue.spi.SmsRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Lets recipients wait until their local time allows a message; drops nobody. Immutable, thread-safe
 * when the zones are.
 *
 * <p>Marketing texts in China, for example, may be sent from 08:00 to 22:00:
 *
 * <pre>{@code
 * QuietHours.in(ZoneId.of("Asia/Shanghai")).allow(LocalTime.of(8, 0), LocalTime.of(22, 0)).build()
 * }</pre>
 *
 * <p>A recipient in one of several zones is sent to when all of them allow it. When no time of a day
 * suits all of them, nobody is sent to, and the batch expires or waits.
 */
public final class QuietHours implements RecipientGuard {
  private static final String REASON = "quiet hours";

  private final Function<String, Set<ZoneId>> zones;
  private final AllowedTimes allowed;
  private final boolean urgentToo;
  private final InstantSource clock;

  private QuietHours(Builder builder) {
    zones = builder.zones;
    allowed = new AllowedTimes(builder.ranges);
    urgentToo = builder.urgentToo;
    clock = builder.clock;
  }

  /** Quiet hours in one zone for all. */
  public static Builder in(ZoneId zone) {
    Set<ZoneId> only = Set.of(zone);
    return new Builder(number -> only);
  }

  /**
   * Quiet hours by the country of the number; a country of several zones counts with all of them,
   * since a number does not tell which. Knows the countries of a built-in table (ITU-T E.164 country
   * codes, IANA time zones), which leaves out small and rarely used ones.
   *
   * @param others for numbers of countries that are not in the table
   */
  public static Builder byCountry(ZoneId others) {
    Set<ZoneId> unknown = Set.of(others);
    return new Builder(number -> CountryZones.of(number).orElse(unknown));
  }

  /**
   * Quiet hours by what the host knows of a number.
   *
   * @param zones in which somebody with that E.164 number may be; must be thread-safe and quick. When
   *     it gives none, the recipient may always be sent to
   */
  public static Builder byNumber(Function<String, Set<ZoneId>> zones) {
    return new Builder(zones);
  }

  @Override
  public CompletionStage<List<Decision>> check(SmsRequest request) {
    if (request.lane() == Lane.URGENT && !urgentToo) {
      return CompletableFuture.completedFuture(
          Collections.nCopies(request.targets().size(), Decision.PASS));
    }
    Instant now = clock.instant();
    Map<Set<ZoneId>, Decision> known = new HashMap<>();
    return Answers.forEach(
        request,
        number -> known.computeIfAbsent(zones.apply(number), where -> decision(now, where)));
  }

  @Override
  public CompletionStage<List<Decision>> preview(SmsRequest request) {
    return check(request);
  }

  private Decision decision(Instant now, Set<ZoneId> where) {
    Duration wait = allowed.waitAt(now, where);
    return wait.isZero() ? Decision.PASS : new Decision.Defer(wait, REASON);
  }

  @Override
  public String toString() {
    return "QuietHours[allowed " + allowed + (urgentToo ? ", urgent too]" : "]");
  }

  /** Settings of quiet hours. Not thread-safe. */
  public static final class Builder {
    private final Function<String, Set<ZoneId>> zones;
    private final List<AllowedTimes.Range> ranges = new ArrayList<>();
    private boolean urgentToo;
    private InstantSource clock = InstantSource.system();

    private Builder(Function<String, Set<ZoneId>> zones) {
      this.zones = zones;
    }

    /**
     * Adds a time of day at which may be sent. At least one is needed.
     *
     * @param from the first time that is allowed
     * @param to the first time that is not any more; before {@code from} for a range over midnight
     */
    public Builder allow(LocalTime from, LocalTime to) {
      if (from.equals(to)) {
        throw new InvalidFieldException("allow", "from and to are both " + from);
      }
      ranges.add(new AllowedTimes.Range(from, to));
      return this;
    }

    /** Holds back batches in lane {@link Lane#URGENT}, too; by default they always pass. */
    public Builder urgentToo() {
      this.urgentToo = true;
      return this;
    }

    /** What time it is; default the system's clock. */
    public Builder clock(InstantSource clock) {
      this.clock = clock;
      return this;
    }

    /**
     * Makes the guard.
     *
     * @throws InvalidFieldException when no time is allowed
     */
    public QuietHours build() {
      if (ranges.isEmpty()) {
        throw new InvalidFieldException("allow", "give at least one time at which may be sent");
      }
      return new QuietHours(this);
    }
  }
}
