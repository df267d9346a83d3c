// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.SendResult;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** How a call becomes an HTTP request. Immutable once checked; {@code toString} shows no secrets. */
final class RequestTemplate {
  private static final Set<String> METHODS = Set.of("GET", "POST", "PUT");
  private static final Pattern URL_HEAD =
      Pattern.compile("https?://[^/?#]+(?<path>[/?#].*)?", Pattern.CASE_INSENSITIVE);

  private final String method;
  private final Template url;
  private final List<Header> headers = new ArrayList<>();
  private @Nullable Template body;
  private @Nullable String contentType;
  private boolean jsonBody;
  private String origin = "";

  private record Header(String name, Template value) {

    String render(Template.Values values) throws GatewayException {
      String rendered = value.render(values);
      if (!rendered.chars().allMatch(c -> 0x20 <= c && c < 0x7f)) {
        throw GatewayException.rejected(
            "TEMPLATE",
            "the header " + name + " cannot have a line break or a character outside ASCII");
      }
      return rendered;
    }
  }

  RequestTemplate(String method, String url) {
    if (!METHODS.contains(method)) {
      throw new InvalidFieldException("method", method + " is none of GET, POST and PUT");
    }
    this.method = method;
    this.url = Template.parse("url", url, Escape.URL);
  }

  void header(String name, Template value) {
    if (name.equalsIgnoreCase("Content-Type")) {
      throw new InvalidFieldException("header", "the Content-Type is given with the body");
    }
    try {
      HttpRequest.newBuilder().header(name, "probe");
    } catch (IllegalArgumentException e) {
      throw new InvalidFieldException("header", "\"" + name + "\" cannot be set");
    }
    headers.add(new Header(name, value));
  }

  void body(String type, String text) {
    if (method.equals("GET")) {
      throw new InvalidFieldException("body", "a GET has none; use POST or PUT");
    }
    Escape escape = escapeFor(type);
    body = Template.parse("body", text, escape);
    contentType = type;
    jsonBody = escape == Escape.JSON_STRING;
    if (escape == Escape.FORM && (body.hasLiteral('{') || body.hasLiteral('}'))) {
      throw new InvalidFieldException("body", "has a brace that belongs to no placeholder");
    }
  }

  private static Escape escapeFor(String contentType) {
    String type = contentType.toLowerCase(Locale.ROOT);
    if (type.contains("charset") && !type.matches(".*charset\\s*=\\s*\"?utf-8.*")) {
      throw new InvalidFieldException("contentType", "a body is always written in UTF-8");
    }
    String media = type.split(";", 2)[0].strip();
    if (media.equals("application/x-www-form-urlencoded")) {
      return Escape.FORM;
    }
    if (media.endsWith("/json") || media.endsWith("+json")) {
      return Escape.JSON_STRING;
    }
    if (media.endsWith("/xml") || media.endsWith("+xml")) {
      return Escape.XML;
    }
    if (media.equals("text/plain")) {
      return Escape.NONE;
    }
    throw new InvalidFieldException(
        "contentType", "\"" + contentType + "\" is none of form, JSON, XML and plain text");
  }

  /** Fails unless a call with any values makes a request. */
  void check(int maxRecipients) {
    try {
      checkUrl();
      if (jsonBody && Json.parse(render(body, CallValues.SAMPLE)).isEmpty()) {
        throw new InvalidFieldException(
            "body", "is no JSON; placeholders but {numbers} and {params} belong in quotes");
      }
      for (Header header : headers) {
        header.render(CallValues.SAMPLE);
      }
    } catch (GatewayException e) {
      String problem = e.result() instanceof SendResult.Rejected no ? no.reason() : "is bad";
      throw new InvalidFieldException("template", problem);
    }
    Stream<Template> all =
        Stream.concat(Stream.of(url), headers.stream().map(header -> header.value));
    boolean one = Stream.concat(all, Stream.ofNullable(body)).anyMatch(Template::namesOneNumber);
    if (one && maxRecipients > 1) {
      throw new InvalidFieldException(
          "maxRecipients", "{number} is for one recipient a call, use {numbers} for several");
    }
  }

  // An exception of URI itself would show the whole URL, where credentials may be.
  private void checkUrl() throws GatewayException {
    Matcher head = URL_HEAD.matcher(url.head());
    if (!head.matches()) {
      throw new InvalidFieldException("url", "does not begin with http:// or https:// and a host");
    }
    if (head.group("path") == null && !url.isLiteral()) {
      throw new InvalidFieldException("url", "has a placeholder in the host or port");
    }
    URI uri;
    try {
      uri = new URI(render(url, CallValues.SAMPLE));
    } catch (URISyntaxException e) {
      throw new InvalidFieldException("url", "is no URL: " + e.getReason());
    }
    if (uri.getHost() == null || uri.getRawUserInfo() != null) {
      throw new InvalidFieldException("url", "has no host, or a user or password: use basicAuth");
    }
    if (!uri.toString().equals(uri.toASCIIString())) {
      throw new InvalidFieldException("url", "has a character outside ASCII; percent-encode it");
    }
    origin = uri.getScheme() + "://" + uri.getRawAuthority();
  }

  /**
   * Makes one call.
   *
   * @throws GatewayException when the message lacks something, or has something that a header cannot
   *     carry; or when no answer came
   */
  HttpReply send(HttpCall call, Template.Values values) throws GatewayException {
    Map<String, String> lines = new LinkedHashMap<>();
    if (contentType != null) {
      lines.put("Content-Type", contentType);
    }
    for (Header header : headers) {
      lines.put(header.name, header.render(values));
    }
    byte[] written = render(body, values).getBytes(StandardCharsets.UTF_8);
    return call.make(method, URI.create(url.render(values)), lines, written);
  }

  private static String render(@Nullable Template template, Template.Values values)
      throws GatewayException {
    return template == null ? "" : template.render(values);
  }

  @Override
  public String toString() {
    return method + " " + origin;
  }
}
