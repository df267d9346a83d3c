// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What one segment costs, by the beginning of the number; the longest beginning wins. Immutable.
 *
 * <p>The prices are the host's own words: the library knows no provider's.
 */
public final class PriceTable {
  private static final Pattern PREFIX = Pattern.compile("\\+[1-9][0-9]{0,14}");
  private static final String OTHERWISE = "*";

  private final Currency currency;
  private final Map<String, BigDecimal> prices;
  private final Optional<BigDecimal> otherwise;
  private final int longest;

  private PriceTable(Builder builder) {
    currency = builder.currency;
    prices = Map.copyOf(builder.prices);
    otherwise = builder.otherwise;
    longest = prices.keySet().stream().mapToInt(String::length).max().orElse(0);
    if (prices.isEmpty() && otherwise.isEmpty()) {
      throw new InvalidFieldException("prices", "is empty; give at least one price");
    }
  }

  /**
   * A table without prices yet.
   *
   * @param currency ISO 4217 code, such as CNY
   */
  public static Builder builder(String currency) {
    try {
      return new Builder(Currency.getInstance(currency));
    } catch (IllegalArgumentException e) {
      throw new InvalidFieldException("currency", "give an ISO 4217 code, such as CNY");
    }
  }

  /**
   * A table from lines such as {@code +86,0.045} or, in a properties file, {@code +86=0.045}; {@code
   * *,0.1} is the price of all others. Blank lines, and lines that begin with {@code #}, are passed
   * over.
   *
   * @param currency ISO 4217 code, such as CNY
   * @throws InvalidFieldException when a line is not readable or names a prefix again; gives its
   *     number
   */
  public static PriceTable parse(String currency, Iterable<String> lines) {
    Builder builder = builder(currency);
    int number = 0;
    for (String line : lines) {
      number++;
      String text = line.strip();
      if (!text.isEmpty() && !text.startsWith("#")) {
        try {
          builder.line(text);
        } catch (IllegalArgumentException e) {
          throw new InvalidFieldException(
              "prices",
              "line %d is not like \"+86,0.045\" or \"*,0.1\", or stands there twice"
                  .formatted(number));
        }
      }
    }
    return builder.build();
  }

  /** In what all prices are. */
  public Currency currency() {
    return currency;
  }

  /** What one segment to an E.164 number costs; empty when the table does not say. */
  public Optional<BigDecimal> price(String number) {
    for (int length = Math.min(longest, number.length()); length > 1; length--) {
      BigDecimal price = prices.get(number.substring(0, length));
      if (price != null) {
        return Optional.of(price);
      }
    }
    return otherwise;
  }

  @Override
  public String toString() {
    return "PriceTable[%s, %d prefixes, %s]"
        .formatted(
            currency,
            prices.size(),
            otherwise.map(price -> "others " + price.toPlainString()).orElse("no others"));
  }

  /** Prices to be. Not thread-safe. */
  public static final class Builder {
    private final Currency currency;
    private final Map<String, BigDecimal> prices = new HashMap<>();
    private Optional<BigDecimal> otherwise = Optional.empty();

    private Builder(Currency currency) {
      this.currency = currency;
    }

    /**
     * Adds a price.
     *
     * @param prefix of E.164 numbers, such as {@code +86}
     * @param perSegment zero or more
     */
    public Builder price(String prefix, BigDecimal perSegment) {
      if (!PREFIX.matcher(prefix).matches()) {
        throw new InvalidFieldException("prefix", "give a + and 1 to 15 digits, such as +86");
      }
      if (prices.putIfAbsent(prefix, checked(perSegment)) != null) {
        throw new InvalidFieldException("prefix", prefix + " has a price already");
      }
      return this;
    }

    /** Adds a price; {@code perSegment} in digits, such as {@code 0.045}. */
    public Builder price(String prefix, String perSegment) {
      return price(prefix, number(perSegment));
    }

    /** The price of all other numbers; default none, so that a number without a price is an error. */
    public Builder otherwise(BigDecimal perSegment) {
      if (otherwise.isPresent()) {
        throw new InvalidFieldException("otherwise", "is given already");
      }
      this.otherwise = Optional.of(checked(perSegment));
      return this;
    }

    private void line(String text) {
      String[] fields = text.split("\\s*[,=]\\s*", -1);
      if (fields.length != 2) {
        throw new InvalidFieldException("prices", "not two fields");
      }
      if (fields[0].equals(OTHERWISE)) {
        otherwise(number(fields[1]));
      } else {
        price(fields[0], fields[1]);
      }
    }

    private static BigDecimal number(String text) {
      try {
        return new BigDecimal(text);
      } catch (NumberFormatException e) {
        throw new InvalidFieldException("perSegment", "give digits, such as 0.045");
      }
    }

    private static BigDecimal checked(BigDecimal price) {
      if (price.signum() < 0 || price.scale() > 20 || price.precision() - price.scale() > 12) {
        throw new InvalidFieldException("perSegment", "is negative or not of this world");
      }
      return price;
    }

    /**
     * Makes the table.
     *
     * @throws InvalidFieldException when it has no price
     */
    public PriceTable build() {
      return new PriceTable(this);
    }
  }
}
