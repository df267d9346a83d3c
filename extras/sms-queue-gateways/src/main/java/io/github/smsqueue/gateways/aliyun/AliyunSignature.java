// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.aliyun;

/** How requests to Aliyun are signed. */
public enum AliyunSignature {
  /**
   * Signature version 3, {@code ACS3-HMAC-SHA256}: what Aliyun recommends and its SDKs of today do.
   * The parameters are in the query, as the SDKs send them.
   */
  ACS3,
  /**
   * The older RPC signature, {@code HMAC-SHA1}, for an endpoint or a proxy that does not know version
   * 3. The parameters are in the body.
   */
  RPC
}
