// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.aliyun;

import io.github.smsqueue.gateways.Form;
import io.github.smsqueue.gateways.Hmac;
import java.util.Base64;
import java.util.SortedMap;

/**
 * Aliyun's older signature for RPC interfaces ("Request signatures" in the documentation of Short
 * Message Service). Stateless.
 */
final class Rpc {
  private Rpc() {}

  /**
   * The parameter {@code Signature}.
   *
   * @param parameters all others, not encoded, wherever they are sent
   */
  static String signature(String method, String secret, SortedMap<String, String> parameters) {
    String toSign = method + "&%2F&" + Form.encode(Acs3.encoded(parameters));
    return Base64.getEncoder().encodeToString(Hmac.of("HmacSHA1", secret + "&", toSign));
  }
}
