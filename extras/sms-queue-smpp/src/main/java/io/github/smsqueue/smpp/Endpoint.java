// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Where the SMSC is and how to reach it. Immutable. */
record Endpoint(
    String host,
    int port,
    Optional<SSLSocketFactory> tls,
    boolean verifyHostname,
    Duration connectTimeout) {

  /**
   * Connects, with TLS if so set.
   *
   * @param raw to be connected; to close it ends the connection, and this call, at any time
   * @return what to read from and write to
   */
  Socket connect(Socket raw) throws IOException {
    int timeout = Math.toIntExact(connectTimeout.toMillis());
    raw.setTcpNoDelay(true);
    raw.setKeepAlive(true);
    raw.connect(new InetSocketAddress(host, port), timeout);
    if (tls.isEmpty()) {
      return raw;
    }
    raw.setSoTimeout(timeout);
    SSLSocket secure = (SSLSocket) tls.get().createSocket(raw, host, port, true);
    if (verifyHostname) {
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secure.setSSLParameters(parameters);
    }
    secure.startHandshake();
    return secure;
  }

  @Override
  public String toString() {
    return host + ":" + port + (tls.isEmpty() ? "" : " (TLS)");
  }
}
