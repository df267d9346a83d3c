// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways;

import java.net.URI;

/** The header {@code Host} as java.net.http writes it, for signatures that cover it. Stateless. */
public final class HostHeader {
  private HostHeader() {}

  /** The host of a URL, with the port unless that is the default one of its scheme. */
  public static String of(URI url) {
    int standard = "https".equalsIgnoreCase(url.getScheme()) ? 443 : 80;
    boolean plain = url.getPort() == -1 || url.getPort() == standard;
    return plain ? url.getHost() : url.getHost() + ":" + url.getPort();
  }
}
