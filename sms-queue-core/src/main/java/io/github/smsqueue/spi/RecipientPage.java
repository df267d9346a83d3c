// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

import io.github.smsqueue.Recipient;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Some recipients of a source. Immutable.
 *
 * @param rows in the order of the source; a row that is no recipient stays in as rejected
 * @param next the cursor of the next page; empty when this is the last
 */
public record RecipientPage(List<Row> rows, Optional<String> next) {

  public RecipientPage {
    rows = List.copyOf(rows);
  }

  /** Shows neither rows nor the cursor, which may be a number. */
  @Override
  public String toString() {
    return "RecipientPage[" + rows.size() + " rows, " + (next.isPresent() ? "more" : "the last")
        + "]";
  }

  /** A row of a source. Immutable. */
  public sealed interface Row {}

  /**
   * A row with a number, which the library checks.
   *
   * @param recipient as the store has it
   */
  public record Found(Recipient recipient) implements Row {

    /** A row with a number and template parameters. */
    public Found(String number, Map<String, String> params) {
      this(new Recipient(number, params));
    }
  }

  /**
   * A row that is no recipient; counted as REJECTED.
   *
   * @param reason for operators; no number
   */
  public record Bad(String reason) implements Row {}
}
