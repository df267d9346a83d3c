// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** How a value is written so that it stays one value in the place where it stands. Stateless. */
enum Escape {
  /** Percent-encoding of all but the unreserved characters, for paths and queries (RFC 3986). */
  URL {
    @Override
    String apply(String value) {
      return FORM.apply(value).replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
    }
  },
  /** The encoding of {@code application/x-www-form-urlencoded}. */
  FORM {
    @Override
    String apply(String value) {
      return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
  },
  /** Inside the quotes of a JSON string. */
  JSON_STRING {
    @Override
    String apply(String value) {
      return Json.escape(value);
    }
  },
  /** A JSON value outside quotes: a number, an array or an object, which is JSON already. */
  JSON_VALUE {
    @Override
    String apply(String value) {
      return value;
    }
  },
  /** Text and attribute values of XML. */
  XML {
    @Override
    String apply(String value) {
      return value
          .replace("&", "&amp;")
          .replace("<", "&lt;")
          .replace(">", "&gt;")
          .replace("\"", "&quot;")
          .replace("'", "&apos;");
    }
  },
  /** As it is: the value of a header, or plain text. */
  NONE {
    @Override
    String apply(String value) {
      return value;
    }
  };

  abstract String apply(String value);
}
