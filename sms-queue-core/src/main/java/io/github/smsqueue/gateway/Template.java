// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.spi.GatewayException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text with placeholders such as {@code {number}}, each written with the escaping of the place
 * where it stands. Braces around anything but a name are text, so that JSON needs no escapes.
 * Immutable.
 */
final class Template {
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{([\\p{L}_][\\p{L}\\p{N}_-]*(?:\\.[\\p{L}\\p{N}_-]+)*)}");
  private static final String PARAM = "param.";
  private static final Set<String> NAMES = Set.of(
      "number",
      "number.digits",
      "numbers",
      "numbers.digits",
      "content",
      "template",
      "sender",
      "batchId",
      "ordinal",
      "reference",
      "params");

  private final List<Piece> pieces;

  private Template(List<Piece> pieces) {
    this.pieces = List.copyOf(pieces);
  }

  /** What the placeholders stand for. */
  interface Values {

    /**
     * The value of a placeholder as plain text.
     *
     * @throws GatewayException when there is none, and the call cannot be made
     */
    String text(String name) throws GatewayException;

    /** The value of a placeholder as JSON of its own. */
    default String json(String name) throws GatewayException {
      return text(name);
    }
  }

  private record Piece(String text, boolean placeholder, Escape escape) {}

  /** A text without placeholders. */
  static Template literal(String text) {
    return new Template(List.of(new Piece(text, false, Escape.NONE)));
  }

  /**
   * @param field what the text was given as, for the exception
   * @throws InvalidFieldException for a placeholder that does not exist
   */
  static Template parse(String field, String text, Escape escape) {
    List<Piece> pieces = new ArrayList<>();
    boolean quoted = false;
    int end = 0;
    Matcher matcher = PLACEHOLDER.matcher(text);
    while (matcher.find()) {
      String literal = text.substring(end, matcher.start());
      pieces.add(new Piece(literal, false, escape));
      quoted = insideString(literal, quoted);
      end = matcher.end();
      String name = matcher.group(1);
      if (!NAMES.contains(name) && !name.startsWith(PARAM)) {
        throw new InvalidFieldException(
            field,
            "there is no placeholder {%s}; there are %s and {param.NAME}"
                .formatted(name, NAMES.stream().sorted().map(n -> "{" + n + "}").toList()));
      }
      boolean value = escape == Escape.JSON_STRING && !quoted;
      pieces.add(new Piece(name, true, value ? Escape.JSON_VALUE : escape));
    }
    pieces.add(new Piece(text.substring(end), false, escape));
    return new Template(pieces);
  }

  private static boolean insideString(String json, boolean inside) {
    boolean quoted = inside;
    for (int i = 0; i < json.length(); i++) {
      if (quoted && json.charAt(i) == '\\') {
        i++;
      } else if (json.charAt(i) == '"') {
        quoted = !quoted;
      }
    }
    return quoted;
  }

  String render(Values values) throws GatewayException {
    StringBuilder text = new StringBuilder();
    for (Piece piece : pieces) {
      if (!piece.placeholder) {
        text.append(piece.text);
      } else if (piece.escape == Escape.JSON_VALUE) {
        text.append(values.json(piece.text));
      } else {
        text.append(piece.escape.apply(values.text(piece.text)));
      }
    }
    return text.toString();
  }

  /** Whether a placeholder is for one recipient only. */
  boolean namesOneNumber() {
    return pieces.stream().anyMatch(p -> p.placeholder && p.text.matches("number(\\.digits)?"));
  }

  /** Whether there is no placeholder. */
  boolean isLiteral() {
    return pieces.size() == 1;
  }

  /** The text before the first placeholder. */
  String head() {
    return pieces.get(0).text;
  }

  /** Whether a character stands in the text outside placeholders. */
  boolean hasLiteral(char c) {
    return pieces.stream().anyMatch(piece -> !piece.placeholder && piece.text.indexOf(c) >= 0);
  }

  static boolean isParam(String name) {
    return name.startsWith(PARAM);
  }

  static String paramName(String name) {
    return name.substring(PARAM.length());
  }
}
