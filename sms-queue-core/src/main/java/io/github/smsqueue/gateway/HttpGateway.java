// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A provider with an HTTP interface, described by templates. Thread-safe.
 *
 * <pre>{@code
 * SmsGateway gateway =
 *     HttpGateway.builder("acme", "https://api.acme.example/v1/sms")
 *         .bearerToken(token)
 *         .body("application/json",
 *             "{\"to\": {numbers}, \"text\": \"{content}\", \"ref\": \"{reference}\"}")
 *         .maxRecipients(100)
 *         .rules(ReplyRules.standard().accepted(ReplyMatch.json("/code", "0")).messageId("/id"))
 *         .build();
 *
 * SmsGateway kannel =                                      // Kannel's sendsms, here for Unicode
 *     HttpGateway.builder("kannel", "http://127.0.0.1:13013/cgi-bin/sendsms"
 *             + "?username=tester&password=foobar&to={number}&from={sender}&text={content}"
 *             + "&charset=UTF-8&coding=2")
 *         .method("GET")
 *         .rules(ReplyRules.standard()
 *             .accepted(ReplyMatch.status(202).and(ReplyMatch.body("^(0: Accepted|3: Queued)"))))
 *         .build();
 * }</pre>
 *
 * <p>Placeholders, in the URL, the body and the values of headers: {@code {number}} and {@code
 * {numbers}} (E.164; {@code {number.digits}} and {@code {numbers.digits}} without the plus), {@code
 * {content}}, {@code {template}}, {@code {sender}}, {@code {param.NAME}}, {@code {params}} (a JSON
 * object), {@code {batchId}}, {@code {ordinal}} and {@code {reference}} (batch id, hyphen, ordinal; of
 * the first recipient of the call). Each value is escaped for its place: percent-encoded in a URL, and
 * as the content type says in a body. {@code {numbers}} is an array where it stands outside the quotes
 * of a JSON body, and joined by the separator everywhere else. A message that lacks what a placeholder
 * names is rejected with the code {@code TEMPLATE}, without a call.
 *
 * <p>What the answers mean is told by {@link ReplyRules}.
 *
 * <p>One call is at most one HTTP/1.1 request; {@link HttpCall} tells which failures are <i>not
 * sent</i> and which <i>unknown</i>.
 *
 * <p>Connections are kept alive. One that the provider closes while a request is on its way makes
 * that call unknown, so let {@code -Djdk.httpclient.keepalive.timeout} (seconds) be shorter than the
 * provider's own time-out. There is nothing to close: threads are daemons and end when idle.
 */
public final class HttpGateway implements SmsGateway {
  private final String name;
  private final RequestTemplate template;
  private final HttpCall call;
  private final ReplyRules rules;
  private final @Nullable RecipientResults results;
  private final int maxRecipients;
  private final String numberSeparator;
  private final String defaultSender;

  private HttpGateway(Builder builder, RequestTemplate template, HttpClient client) {
    this.name = builder.name;
    this.template = template;
    this.call = new HttpCall(client, builder.timeout, builder.maxReplyBytes);
    this.rules = builder.rules;
    this.results = builder.results;
    this.maxRecipients = builder.maxRecipients;
    this.numberSeparator = builder.numberSeparator;
    this.defaultSender = builder.defaultSender;
  }

  /**
   * A gateway that posts to a URL.
   *
   * @param name of the gateway in logs, events and rate limits
   * @param url http or https, with placeholders in its path and query
   */
  public static Builder builder(String name, String url) {
    return new Builder(name, url);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int maxRecipients() {
    return maxRecipients;
  }

  @Override
  public SendReport send(SmsRequest request) throws GatewayException {
    if (request.targets().size() > maxRecipients) {
      throw GatewayException.notSent(
          request.targets().size() + " recipients, at most " + maxRecipients + " are allowed",
          Duration.ZERO,
          null);
    }
    CallValues values = new CallValues(request, numberSeparator, defaultSender);
    Reply reply = Reply.of(template.send(call, values));
    SendResult result = rules.judge(reply);
    return results != null && result instanceof SendResult.Accepted
        ? results.report(request, reply)
        : SendReport.all(request, result);
  }

  @Override
  public String toString() {
    return "HttpGateway[" + name + ", " + template + "]";
  }

  /** Not thread-safe. */
  public static final class Builder {
    private final String name;
    private final String url;
    private final Map<String, Template> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private String method = "POST";
    private @Nullable String contentType;
    private @Nullable String body;
    private String numberSeparator = ",";
    private String defaultSender = "";
    private int maxRecipients = 1;
    private ReplyRules rules = ReplyRules.standard();
    private @Nullable RecipientResults results;
    private Duration connectTimeout = Duration.ofSeconds(5);
    private Duration timeout = Duration.ofSeconds(20);
    private int maxReplyBytes = 1 << 20;
    private @Nullable HttpClient client;

    private Builder(String name, String url) {
      if (name.isBlank()) {
        throw new InvalidFieldException("name", "is blank");
      }
      this.name = name;
      this.url = url;
    }

    /** GET, POST or PUT; default POST. */
    public Builder method(String method) {
      this.method = method;
      return this;
    }

    /** A header; its value may have placeholders, and only ASCII. Default none. */
    public Builder header(String header, String value) {
      headers.put(header, Template.parse("header " + header, value, Escape.NONE));
      return this;
    }

    /** Authenticates with RFC 7617; default not. */
    public Builder basicAuth(String user, String password) {
      byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
      headers.put(
          "Authorization", Template.literal("Basic " + Base64.getEncoder().encodeToString(pair)));
      return this;
    }

    /** Authenticates with RFC 6750; default not. */
    public Builder bearerToken(String token) {
      headers.put("Authorization", Template.literal("Bearer " + token));
      return this;
    }

    /**
     * What to write, in UTF-8; default nothing.
     *
     * @param contentType of a form ({@code application/x-www-form-urlencoded}), JSON, XML or {@code
     *     text/plain}
     * @param template with placeholders; those of a JSON body stand in quotes, but for numbers and
     *     {@code {params}}
     */
    public Builder body(String contentType, String template) {
      this.contentType = contentType;
      this.body = template;
      return this;
    }

    /** What stands between the numbers of {@code {numbers}}; default a comma. */
    public Builder numberSeparator(String separator) {
      this.numberSeparator = separator;
      return this;
    }

    /** What {@code {sender}} is for a message without a sender; default nothing. */
    public Builder defaultSender(String sender) {
      this.defaultSender = sender;
      return this;
    }

    /**
     * How many recipients a call has at most; default 1. With more, {@code {params}} and {@code
     * {param.NAME}} work only for recipients without parameters of their own.
     */
    public Builder maxRecipients(int maxRecipients) {
      this.maxRecipients = maxRecipients;
      return this;
    }

    /** What the answers mean; default {@link ReplyRules#standard()}. */
    public Builder rules(ReplyRules rules) {
      this.rules = rules;
      return this;
    }

    /**
     * Where an answer that is accepted as a whole has a result for each recipient; default nowhere: the
     * result of the call is that of all its recipients.
     *
     * @param array JSON pointer to the array of results
     * @param number JSON pointer to the number, within a result; compared by its digits, with the
     *     country code
     * @param rules what a result means: pointers begin within it, and a result that no rule is for is
     *     unknown
     */
    public Builder results(String array, String number, ReplyRules rules) {
      this.results = new RecipientResults(array, number, rules);
      return this;
    }

    /** How long connecting may take; default 5 seconds. Not for a given client. */
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = positive("connectTimeout", timeout);
      return this;
    }

    /** How long a call may take in all; default 20 seconds. */
    public Builder timeout(Duration timeout) {
      this.timeout = positive("timeout", timeout);
      return this;
    }

    /** How much of an answer's body is read; default 1 MiB. A larger one is not looked at. */
    public Builder maxReplyBytes(int bytes) {
      this.maxReplyBytes = bytes;
      return this;
    }

    /**
     * The client to use, for a proxy, TLS settings or threads of your own; default one of its own. It
     * must neither follow redirects nor have an authenticator, because both repeat requests.
     */
    public Builder client(HttpClient client) {
      this.client = HttpCall.checked(client);
      return this;
    }

    /**
     * The gateway; the provider is not asked yet.
     *
     * @throws InvalidFieldException when a field is missing or bad, or a placeholder does not exist
     */
    public HttpGateway build() {
      if (maxRecipients < 1) {
        throw new InvalidFieldException("maxRecipients", "is less than 1");
      }
      RequestTemplate template = new RequestTemplate(method, url);
      headers.forEach(template::header);
      if (contentType != null && body != null) {
        template.body(contentType, body);
      }
      template.check(maxRecipients);
      return new HttpGateway(
          this, template, client == null ? HttpCall.newClient(name, connectTimeout) : client);
    }

    private static Duration positive(String field, Duration value) {
      if (value.isNegative() || value.isZero()) {
        throw new InvalidFieldException(field, value + " is not positive");
      }
      return value;
    }
  }
}
