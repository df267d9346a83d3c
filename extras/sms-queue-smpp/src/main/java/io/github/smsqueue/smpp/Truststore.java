// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import io.github.smsqueue.InvalidFieldException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** TLS that trusts the certificates in a file. */
final class Truststore {

  private Truststore() {}

  static SSLSocketFactory socketFactory(Path path, String password) {
    try {
      File file = path.toFile();
      KeyStore certificates = KeyStore.getInstance(file, password.toCharArray());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(certificates);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      InvalidFieldException invalid =
          new InvalidFieldException("truststore", path + " cannot be read: " + e.getMessage());
      invalid.initCause(e);
      throw invalid;
    }
  }
}
