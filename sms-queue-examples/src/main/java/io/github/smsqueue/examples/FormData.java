// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.smsqueue.InvalidFieldException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code application/x-www-form-urlencoded} into what the same data would be as JSON, the way
 * jQuery writes it and PHP reads it: {@code a=1} is a text, {@code a[]=1}, {@code a[0]=1} and {@code
 * a=1&a=2} are lists, {@code a[b]=1} is an object.
 */
final class FormData {
  /** Each costs much more memory than its few bytes. */
  static final int MAX_FIELDS = 200_000;

  private FormData() {}

  /**
   * Reads a form.
   *
   * @throws InvalidFieldException when it cannot be read, or has more than {@value #MAX_FIELDS} fields
   */
  static Map<String, @Nullable Object> parse(byte[] body) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    String form = decode(body);
    int count = 0;
    for (int from = 0, to; from <= form.length(); from = to + 1) {
      to = form.indexOf('&', from);
      to = to < 0 ? form.length() : to;
      if (to > from) {
        if (++count > MAX_FIELDS) {
          throw new InvalidFieldException("body", "has more than " + MAX_FIELDS + " fields");
        }
        addPair(fields, form.substring(from, to));
      }
    }
    return fields;
  }

  private static void addPair(Map<String, @Nullable Object> fields, String pair) {
    int equals = pair.indexOf('=');
    add(
        fields,
        unescape(equals < 0 ? pair : pair.substring(0, equals)),
        equals < 0 ? "" : unescape(pair.substring(equals + 1)));
  }

  private static void add(Map<String, @Nullable Object> fields, String key, String value) {
    int open = key.indexOf('[');
    int close = key.indexOf(']');
    boolean plain = open < 0 && close < 0;
    boolean nested = open > 0 && key.lastIndexOf('[') == open && close == key.length() - 1;
    if (key.isEmpty() || (!plain && !nested)) {
      throw new InvalidFieldException("body", "has a field whose name cannot be read");
    }
    String name = plain ? key : key.substring(0, open);
    String inner = plain ? "" : key.substring(open + 1, close);
    Object known = fields.get(name);
    if (plain && known == null) {
      fields.put(name, value);
    } else if (isIndex(inner)) {
      list(fields, name, known).add(value);
    } else {
      object(fields, name, known).put(inner, value);
    }
  }

  private static boolean isIndex(String inner) {
    for (int i = 0; i < inner.length(); i++) {
      if (inner.charAt(i) < '0' || inner.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  @SuppressWarnings("unchecked") // Only this class has put lists there, and of texts only.
  private static List<String> list(
      Map<String, @Nullable Object> fields, String name, @Nullable Object known) {
    if (known instanceof Map) {
      throw new InvalidFieldException("body", "has a field that is an object and a list at once");
    }
    if (known instanceof List<?> list) {
      return (List<String>) list;
    }
    List<String> list = new ArrayList<>();
    if (known instanceof String first) {
      list.add(first);
    }
    fields.put(name, list);
    return list;
  }

  @SuppressWarnings("unchecked") // Only this class has put maps there, and of texts only.
  private static Map<String, String> object(
      Map<String, @Nullable Object> fields, String name, @Nullable Object known) {
    if (known != null && !(known instanceof Map)) {
      throw new InvalidFieldException("body", "has a field that is a list and an object at once");
    }
    Map<String, String> object =
        known == null ? new LinkedHashMap<>() : (Map<String, String>) known;
    fields.put(name, object);
    return object;
  }

  private static String unescape(String escaped) {
    if (escaped.indexOf('%') < 0) {
      return escaped.replace('+', ' ');
    }
    byte[] in = escaped.getBytes(UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(in.length);
    for (int i = 0; i < in.length; i++) {
      if (in[i] == '%') {
        out.write(hex(in, i + 1) << 4 | hex(in, i + 2));
        i += 2;
      } else {
        out.write(in[i] == '+' ? ' ' : in[i]);
      }
    }
    return decode(out.toByteArray());
  }

  private static int hex(byte[] in, int index) {
    int digit = index < in.length ? Character.digit(in[index], 16) : -1;
    if (digit < 0) {
      throw new InvalidFieldException("body", "has a broken percent escape");
    }
    return digit;
  }

  /** Strict, since a replacement character would be sent to people. */
  private static String decode(byte[] bytes) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new InvalidFieldException("body", "is not UTF-8");
    }
  }
}
