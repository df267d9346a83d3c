// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Damages inputs: bytes flipped, cut, doubled and spliced with another seed; values of JSON and forms
 * replaced by those that readers trip over; now and then a huge or a deeply nested one. Immutable.
 */
final class Mutator {
  private static final int LARGEST = 1 << 20;
  private static final int DEEPEST = 100_000;
  private static final int RARELY = 500;

  /** Strings, numbers and words of JSON; values and names of forms and of receipts' texts. */
  private static final Pattern VALUE =
      Pattern.compile("\"[^\"]*\"|-?\\d+(?:\\.\\d+)?|[A-Za-z_]+|(?<=[=&:])[^=&:]+");

  private static final byte[][] PIECES = pieces();

  private final List<byte[]> seeds;

  Mutator(List<byte[]> seeds) {
    this.seeds = List.copyOf(seeds);
  }

  private static byte[][] pieces() {
    String[] texts = {
      "{",
      "}",
      "[",
      "]",
      "\"",
      ",",
      ":",
      "{}",
      "[]",
      "[{}]",
      "{\"a\":",
      "null",
      "true",
      "false",
      "NaN",
      "0",
      "-1",
      "1.5",
      "1e400",
      "1e999999999",
      "-0",
      "2147483647",
      "2147483648",
      "-2147483649",
      "9223372036854775807",
      "9223372036854775808",
      "99999999999999999999999",
      "\"\"",
      "\" \"",
      "\"\\ud83d\"",
      "\"\\ude00\\ud83d\"",
      "\"a\\u0000b\"",
      "\"\\u001c\"",
      "\\",
      "\\u",
      "\\ud800",
      "%",
      "%zz",
      "%00",
      "%E6%B5",
      "%ED%A0%80",
      "&",
      "=",
      "&=&",
      "[]=",
      "[0]=",
      "[a]=",
      "+",
      ";",
      "#",
      "?",
      "/",
      "\n",
      "\r\n",
      "\t",
      "\u0000",
      "\u2028",
      "\u0085",
      "\uFEFF",
      "😀",
      "测试",
      "text:",
      "id:",
      "stat:DELIVRD",
      "err:000",
      "OK",
      "Ok",
      "0: Accepted",
      "<html>",
      Secrets.NUMBER,
      "\"" + Secrets.NUMBER + "\"",
      Secrets.DIGITS,
      "\"" + Secrets.DIGITS + "\"",
      Secrets.OTHER_NUMBER,
      "\"" + Secrets.OTHER_NUMBER + "\"",
      Secrets.TEXT,
      "\"" + Secrets.TEXT + "\"",
      "\"" + Secrets.DIGITS + "\":",
      "\"" + Secrets.TEXT + "\":",
    };
    byte[][] bytes = {
      {(byte) 0xFF},
      {(byte) 0xC0, (byte) 0x80},
      {(byte) 0xED, (byte) 0xA0, (byte) 0x80},
      {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
      {(byte) 0xE6, (byte) 0xB5},
      {0},
      {0x1B},
      {0, 0, 0, 0},
      {(byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF},
      {(byte) 0x80, 0, 0, 0},
    };
    byte[][] pieces = Arrays.copyOf(bytes, bytes.length + texts.length);
    for (int i = 0; i < texts.length; i++) {
      pieces[bytes.length + i] = texts[i].getBytes(StandardCharsets.UTF_8);
    }
    return pieces;
  }

  byte[] input(SplittableRandom random) {
    byte[] input = seed(random);
    int times = 1;
    while (times < 12 && random.nextInt(3) > 0) {
      times++;
    }
    for (int i = 0; i < times; i++) {
      input = damaged(input, random);
    }
    if (random.nextInt(RARELY) == 0) {
      input = switch (random.nextInt(4)) {
        case 0 -> huge(input, random);
        case 1 -> nested(input, random);
        // Of a seed as it is, or else it would hardly ever be well-formed.
        default -> repeated(random.nextBoolean() ? input : seed(random), random);
      };
    }
    return input.length <= LARGEST ? input : Arrays.copyOf(input, LARGEST);
  }

  private byte[] seed(SplittableRandom random) {
    return seeds.get(random.nextInt(seeds.size()));
  }

  private byte[] damaged(byte[] in, SplittableRandom random) {
    int from = random.nextInt(in.length + 1);
    int to = Math.min(in.length, from + length(random));
    return switch (random.nextInt(10)) {
      case 0 -> flipped(in, random);
      case 1 -> joined(in, from, piece(random), from);
      case 2 -> joined(in, from, piece(random), to);
      case 3 -> joined(in, from, new byte[0], to);
      case 4 -> joined(in, to, Arrays.copyOfRange(in, from, to), to);
      case 5 -> random.nextInt(4) == 0 ? Arrays.copyOf(in, from) : flipped(in, random);
      case 6 -> spliced(in, from, random);
      default -> revalued(in, random);
    };
  }

  private static int length(SplittableRandom random) {
    return 1 + random.nextInt(1 << random.nextInt(1, 8));
  }

  private static byte[] piece(SplittableRandom random) {
    return PIECES[random.nextInt(PIECES.length)];
  }

  private static byte[] flipped(byte[] in, SplittableRandom random) {
    if (in.length == 0) {
      return in;
    }
    byte[] out = in.clone();
    int at = random.nextInt(in.length);
    out[at] = random.nextBoolean()
        ? (byte) (out[at] ^ 1 << random.nextInt(8))
        : (byte) random.nextInt(256);
    return out;
  }

  private byte[] spliced(byte[] in, int from, SplittableRandom random) {
    byte[] other = seed(random);
    int start = random.nextInt(other.length + 1);
    int end = random.nextBoolean() ? other.length : Math.min(other.length, start + length(random));
    int keep = random.nextBoolean() ? in.length : from;
    return joined(in, from, Arrays.copyOfRange(other, start, end), keep);
  }

  /** Puts another value in the place of one, or the same once more behind it. */
  private static byte[] revalued(byte[] in, SplittableRandom random) {
    String text = new String(in, StandardCharsets.ISO_8859_1);
    int wanted = random.nextInt(24);
    Matcher values = VALUE.matcher(text);
    int start = -1;
    int end = -1;
    int from = 0;
    // Comes round when there are fewer.
    for (int i = 0; i <= wanted; i++) {
      if (!values.find(from)) {
        if (start < 0) {
          return flipped(in, random);
        }
        wanted = i + wanted % Math.max(i, 1);
        from = 0;
        continue;
      }
      start = values.start();
      end = values.end();
      from = end;
    }
    byte[] value = piece(random);
    if (random.nextInt(4) == 0) {
      int comma = text.indexOf(',', end);
      int stop = comma < 0 ? end : comma;
      return joined(
          in,
          stop,
          (',' + text.substring(start, stop)).getBytes(StandardCharsets.ISO_8859_1),
          stop);
    }
    boolean quoted = text.charAt(start) == '"' && end - start > 2 && random.nextBoolean();
    return quoted ? joined(in, start + 1, value, end - 1) : joined(in, start, value, end);
  }

  private static byte[] huge(byte[] in, SplittableRandom random) {
    int from = random.nextInt(in.length + 1);
    int to = Math.min(in.length, from + length(random));
    byte[] part =
        from == to || random.nextInt(3) == 0 ? piece(random) : Arrays.copyOfRange(in, from, to);
    int size = 1 << random.nextInt(14, 21);
    ByteArrayOutputStream out = new ByteArrayOutputStream(size + in.length);
    out.write(in, 0, to);
    while (out.size() < size) {
      out.writeBytes(part);
    }
    out.write(in, to, in.length - to);
    return out.toByteArray();
  }

  /** Very many elements in the place of one: of an array, or parameters of a form. */
  private static byte[] repeated(byte[] in, SplittableRandom random) {
    String text = new String(in, StandardCharsets.ISO_8859_1);
    boolean form = text.indexOf('&') >= 0;
    int at = random.nextInt(in.length + 1);
    int start = form ? text.indexOf('&', at) + 1 : firstOf(text, "{[\"", at);
    int end = form ? text.indexOf('&', start) : end(text, start);
    if (start < 0 || end < 0) {
      return huge(in, random);
    }
    String element = switch (random.nextInt(3)) {
      case 0 -> form ? "a" : "{}";
      case 1 -> form ? "a=" : "0";
      default -> text.substring(start, end);
    };
    String more = (form ? "&" : ",") + element;
    int times = (1 << random.nextInt(14, 20)) / more.length();
    return joined(in, end, more.repeat(times).getBytes(StandardCharsets.ISO_8859_1), end);
  }

  private static int firstOf(String text, String characters, int from) {
    for (int i = from; i < text.length(); i++) {
      if (characters.indexOf(text.charAt(i)) >= 0) {
        return i;
      }
    }
    return -1;
  }

  /** The index after the JSON value that begins at an index, or -1. */
  private static int end(String text, int start) {
    int depth = 0;
    boolean quoted = false;
    for (int i = Math.max(0, start); i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == '{' || c == '[')) {
        depth++;
      } else if (!quoted && (c == '}' || c == ']')) {
        depth--;
      }
      if (depth == 0 && !quoted) {
        return i + 1;
      }
    }
    return -1;
  }

  private static byte[] nested(byte[] in, SplittableRandom random) {
    String open = random.nextBoolean() ? "[" : "{\"a\":";
    String close = open.equals("[") ? "]" : "}";
    int depth = random.nextBoolean() ? random.nextInt(1, 1_100) : random.nextInt(DEEPEST);
    int at = random.nextInt(in.length + 1);
    boolean closed = random.nextBoolean();
    String nest = open.repeat(depth) + (closed ? "1" + close.repeat(depth) : "");
    return joined(in, at, nest.getBytes(StandardCharsets.UTF_8), at);
  }

  /** What stands before {@code until}, a part, and what stands from {@code from} on. */
  private static byte[] joined(byte[] in, int until, byte[] part, int from) {
    byte[] out = new byte[until + part.length + in.length - from];
    System.arraycopy(in, 0, out, 0, until);
    System.arraycopy(part, 0, out, until, part.length);
    System.arraycopy(in, from, out, until + part.length, in.length - from);
    return out;
  }
}
