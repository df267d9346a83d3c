// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Certificates of a test run, made by the JDK's keytool: each its own authority, which expires in a day.
 */
final class Certificates {
  static final String PASSWORD = "changeit";
  private static final String ALIAS = "own";

  private final Path directory;

  Certificates(Path directory) {
    this.directory = directory;
  }

  /** Makes a key with a certificate for some names, such as {@code dns:localhost,ip:127.0.0.1}. */
  Certificate make(String name, String subjects) throws Exception {
    Path store = directory.resolve(name + ".p12");
    List<String> command = List.of(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair",
        "-alias",
        ALIAS,
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-validity",
        "1",
        "-dname",
        "CN=" + name,
        "-ext",
        "san=" + subjects,
        "-storetype",
        "PKCS12",
        "-keystore",
        store.toString(),
        "-storepass",
        PASSWORD);
    Path said = directory.resolve(name + ".log");
    Process keytool = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(said.toFile())
        .start();
    if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      throw new IllegalStateException("keytool: " + Files.readString(said));
    }
    return new Certificate(directory, name, store);
  }

  /** A key and its certificate. */
  record Certificate(Path directory, String name, Path store) {

    private KeyStore open() throws Exception {
      KeyStore opened = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(store)) {
        opened.load(in, PASSWORD.toCharArray());
      }
      return opened;
    }

    /** The certificate as a file that OpenSSL reads. */
    Path pem() throws Exception {
      return write(".crt", "CERTIFICATE", open().getCertificate(ALIAS).getEncoded());
    }

    /** The key as a file that OpenSSL reads. */
    Path keyPem() throws Exception {
      return write(
          ".key", "PRIVATE KEY", open().getKey(ALIAS, PASSWORD.toCharArray()).getEncoded());
    }

    private Path write(String end, String kind, byte[] bytes) throws IOException {
      String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
      return Files.write(
          directory.resolve(name + end),
          "-----BEGIN %s-----\n%s\n-----END %s-----\n"
              .formatted(kind, text, kind)
              .getBytes(US_ASCII));
    }

    /** A store that trusts this certificate and no other. */
    Path trustStore() throws Exception {
      KeyStore trusting = KeyStore.getInstance("PKCS12");
      trusting.load(null, null);
      trusting.setCertificateEntry("trusted", open().getCertificate(ALIAS));
      Path file = directory.resolve(name + "-trusted.p12");
      try (var out = Files.newOutputStream(file)) {
        trusting.store(out, PASSWORD.toCharArray());
      }
      return file;
    }

    /** For a server that shows this certificate and trusts that of {@code client}. */
    SSLContext serverContext(Certificate client) throws Exception {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(open(), PASSWORD.toCharArray());
      KeyStore trusting = KeyStore.getInstance("PKCS12");
      trusting.load(null, null);
      trusting.setCertificateEntry("trusted", client.open().getCertificate(ALIAS));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusting);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    }
  }
}
