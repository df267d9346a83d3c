// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps out what the pages of other sites make a browser send here. Immutable.
 *
 * <p>There is no log-in, so a browser on this machine is all that such a page needs. It can send a form
 * to any address, and by pointing a name of its own here (DNS rebinding) even read the answers. Hence:
 *
 * <ul>
 *   <li>The header {@code Host} must be a name that nobody else can point here.
 *   <li>A browser says where a request comes from ({@code Sec-Fetch-Site}, {@code Origin}); what does not
 *       come from this page is refused, but that somebody follows a link to it.
 *   <li>What changes something must moreover show the token that only this page can read.
 * </ul>
 *
 * <p>A request with none of these headers comes from no browser, and needs no token.
 */
final class SameOrigin {
  static final String TOKEN_PATH = "/api/token";
  static final String TOKEN_HEADER = "X-CSRF-Token";

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final Pattern PORT = Pattern.compile(":\\d+$");
  private static final Pattern ADDRESS = Pattern.compile("\\[[0-9a-f:.]+]|\\d+(\\.\\d+){3}");
  private static final int TOKEN_BYTES = 16;

  private final boolean loopback;
  private final String token;

  private SameOrigin(boolean loopback, String token) {
    this.loopback = loopback;
    this.token = token;
  }

  /** For a server that is bound to {@code address}; with a token of its own. */
  static SameOrigin of(InetAddress address) {
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    return new SameOrigin(address.isLoopbackAddress(), HexFormat.of().formatHex(random));
  }

  /** Tells the token to the page, and to nobody else: another origin cannot read the answer. */
  void addTo(Routes routes) {
    routes.get(TOKEN_PATH, request -> Reply.json(200, Map.of("token", token)));
  }

  /**
   * Lets a request pass, or not.
   *
   * @throws HttpError 403, when it must not be answered
   */
  void check(HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    boolean reads = exchange.getRequestMethod().equals("GET");
    @Nullable String host = headers.getFirst("Host");
    if (host != null && !ours(host)) {
      throw new HttpError(403, "this server is not answering under that name");
    }
    if (foreign(headers, host) && !(reads && followsLink(headers))) {
      throw new HttpError(403, "requests from other sites are not answered");
    }
    if (!reads && fromBrowser(headers) && !showsToken(headers)) {
      throw new HttpError(
          403, "a browser must send the token of " + TOKEN_PATH + " as " + TOKEN_HEADER);
    }
  }

  private boolean ours(String host) {
    String name = PORT.matcher(host.toLowerCase(Locale.ROOT)).replaceFirst("");
    // An address is not looked up, so that nobody can point it elsewhere.
    return LOOPBACK.contains(name) || (!loopback && ADDRESS.matcher(name).matches());
  }

  private static boolean foreign(Headers headers, @Nullable String host) {
    @Nullable String site = headers.getFirst("Sec-Fetch-Site");
    @Nullable String origin = headers.getFirst("Origin");
    return (site != null && !Set.of("same-origin", "none").contains(site))
        || (origin != null && !origin.equals("http://" + host));
  }

  private static boolean followsLink(Headers headers) {
    return "navigate".equals(headers.getFirst("Sec-Fetch-Mode"))
        && "document".equals(headers.getFirst("Sec-Fetch-Dest"))
        && !headers.containsKey("Origin");
  }

  private static boolean fromBrowser(Headers headers) {
    return headers.containsKey("Origin")
        || headers.containsKey("Referer")
        || headers.containsKey("Sec-Fetch-Site");
  }

  private boolean showsToken(Headers headers) {
    @Nullable String shown = headers.getFirst(TOKEN_HEADER);
    return shown != null
        && MessageDigest.isEqual(shown.getBytes(US_ASCII), token.getBytes(US_ASCII));
  }
}
