// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.InvalidReceiptException;
import io.github.smsqueue.WebhookRequest;
import java.util.List;

/**
 * What proves a request to a webhook where the provider does not sign: a secret in a parameter of the
 * URL that was given to the provider, or in a header. Immutable. {@code toString} does not show it.
 */
public final class SharedSecret {
  private static final int SHORTEST = 16;

  private final boolean header;
  private final String name;
  private final String value;

  private SharedSecret(boolean header, String name, String value) {
    if (value.length() < SHORTEST) {
      throw new InvalidFieldException("secret", "has less than " + SHORTEST + " characters");
    }
    if (name.isBlank()) {
      throw new InvalidFieldException("name", "is blank");
    }
    this.header = header;
    this.name = name;
    this.value = value;
  }

  /**
   * A secret in the query of the webhook's URL, such as {@code ?key=…}.
   *
   * @param value at least 16 characters
   */
  public static SharedSecret inQuery(String parameter, String value) {
    return new SharedSecret(false, parameter, value);
  }

  /**
   * A secret as the whole value of a header.
   *
   * @param value at least 16 characters
   */
  public static SharedSecret inHeader(String name, String value) {
    return new SharedSecret(true, name, value);
  }

  /**
   * Lets genuine requests pass.
   *
   * @throws InvalidReceiptException when the secret is missing, wrong, or there more than once
   */
  public void check(WebhookRequest request) {
    List<String> given = header
        ? request.header(name).map(List::of).orElse(List.of())
        : request.query().getOrDefault(name, List.of());
    if (given.size() != 1 || !Hmac.same(given.get(0), value)) {
      throw InvalidReceiptException.forged("the secret is missing or wrong");
    }
  }

  @Override
  public String toString() {
    return "SharedSecret[" + name + "]";
  }
}
