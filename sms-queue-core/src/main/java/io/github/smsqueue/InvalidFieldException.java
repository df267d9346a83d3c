// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

/** An argument is not acceptable; names the field. Nothing was stored. */
public class InvalidFieldException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String field;

  /**
   * A bad value of a field.
   *
   * @param field the name of the builder method or JSON field that has the bad value
   * @param problem what is wrong and what to do, without the value of a number or text
   */
  public InvalidFieldException(String field, String problem) {
    super(field + ": " + problem);
    this.field = field;
  }

  /** The name of the field that has the bad value. */
  public String field() {
    return field;
  }
}
