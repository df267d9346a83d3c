// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.kannel;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.SmsSegments;
import io.github.smsqueue.gateway.HttpReply;
import io.github.smsqueue.gateways.Form;
import io.github.smsqueue.gateways.GatewayBuilder;
import io.github.smsqueue.gateways.GatewayProperties;
import io.github.smsqueue.gateways.Outgoing;
import io.github.smsqueue.gateways.Provider;
import io.github.smsqueue.gateways.StatusCallback;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SmsGateway;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The {@code sendsms} interface of Kannel: one GET a recipient, because Kannel answers for several
 * recipients with one word. Thread-safe.
 *
 * <pre>{@code
 * SmsGateway gateway = KannelGateway.builder("http://127.0.0.1:13013", username, password)
 *     .sender("Acme")
 *     .statusCallback("http://10.0.0.7:8080/webhooks/kannel?key=0123456789abcdef")
 *     .build();
 * }</pre>
 *
 * <p>Kannel gives no message ids; its delivery reports name the message through the URL of the status
 * callback. Credentials are part of the URL, so keep the connection inside your own network or use
 * https. The {@code sendsms-user} must have {@code max-messages} and {@code concatenation}: by default
 * Kannel cuts off what is longer than one segment, and says nothing. Source: Kannel's user guide,
 * "Using HTTP to send SMS".
 */
public final class KannelGateway implements SmsGateway {
  // In minutes: 63 weeks, the longest that GSM 03.40 has.
  private static final long LONGEST_VALIDITY = 635_040;

  private final Provider provider;
  private final String path;
  private final String username;
  private final String password;
  private final String sender;
  private final String smsc;
  private final int dlrMask;
  private final @Nullable StatusCallback callback;

  private KannelGateway(Builder builder, Provider provider) {
    this.provider = provider;
    this.path = builder.path;
    this.username = builder.username;
    this.password = builder.password;
    this.sender = builder.sender;
    this.smsc = builder.smsc;
    this.dlrMask = builder.dlrMask;
    this.callback = builder.callback;
  }

  /**
   * A gateway to an smsbox.
   *
   * @param baseUrl of its {@code sendsms-port}, such as {@code http://127.0.0.1:13013}
   * @param username of a {@code sendsms-user}
   */
  public static Builder builder(String baseUrl, String username, String password) {
    return new Builder(username, password).baseUrl(baseUrl);
  }

  /**
   * A gateway from {@code base-url}, {@code username} and {@code password} (all required), {@code
   * path}, {@code sender}, {@code smsc}, {@code status-callback}, {@code dlr-mask} and the keys of
   * {@link GatewayBuilder}.
   *
   * @throws InvalidFieldException when a key is missing, unknown or has a bad value
   */
  public static KannelGateway fromProperties(Map<String, String> properties) {
    GatewayProperties given = new GatewayProperties(properties);
    given.required("base-url");
    Builder builder = new Builder(given.required("username"), given.required("password"));
    given.text("path", builder::path);
    given.text("sender", builder::sender);
    given.text("smsc", builder::smsc);
    given.text("status-callback", builder::statusCallback);
    given.integer("dlr-mask", builder::dlrMask);
    builder.properties(given);
    given.end();
    return builder.build();
  }

  @Override
  public String name() {
    return provider.name();
  }

  @Override
  public SendReport send(SmsRequest request) throws GatewayException {
    Outgoing.checkSize(request, this);
    String text = Outgoing.content(request);
    SmsSegments segments = SmsSegments.of(text);
    Target target = request.targets().get(0);
    Form form = new Form()
        .add("username", username)
        .add("password", password)
        .add("to", target.number())
        .add("text", text)
        .add("charset", "UTF-8")
        .add("coding", segments.encoding() == SmsSegments.Encoding.UCS2 ? "2" : "0");
    String from = request.message().sender().orElse(sender);
    if (!from.isEmpty()) {
      form.add("from", from);
    }
    if (!smsc.isEmpty()) {
      form.add("smsc", smsc);
    }
    Outgoing.validitySeconds(request, 60, LONGEST_VALIDITY * 60)
        .ifPresent(seconds -> form.add("validity", Long.toString(seconds / 60)));
    if (callback != null) {
      form.add("dlr-mask", Integer.toString(dlrMask));
      form.add("dlr-url", dlrUrl(callback, request.reference(target)));
    }
    HttpReply reply = provider.get(path + "?" + form.encoded(), Map.of());
    return SendReport.all(request, KannelAnswers.judge(reply, segments.segments() == 1));
  }

  // Kannel replaces %d by the kind of report; a percent sign of the URL itself is written twice.
  private static String dlrUrl(StatusCallback callback, MessageReference reference) {
    return callback.url(reference).replace("%", "%%") + "&" + KannelReceipts.KIND + "=%d";
  }

  @Override
  public String toString() {
    return "KannelGateway[" + provider + "]";
  }

  /** Not thread-safe. */
  public static final class Builder extends GatewayBuilder<Builder> {
    /** To the phone, not to the phone, to the SMSC, not to the SMSC. */
    private static final int DLR_MASK = 1 + 2 + 8 + 16;

    private final String username;
    private final String password;
    private String path = "/cgi-bin/sendsms";
    private String sender = "";
    private String smsc = "";
    private int dlrMask = DLR_MASK;
    private @Nullable StatusCallback callback;

    private Builder(String username, String password) {
      super("kannel", "http://127.0.0.1:13013");
      this.username = required("username", username);
      this.password = required("password", password);
    }

    /** The path of the interface ({@code sendsms-url}); default {@code /cgi-bin/sendsms}. */
    public Builder path(String path) {
      if (!path.matches("/[A-Za-z0-9._~/-]*")) {
        throw new InvalidFieldException("path", "is no path such as /cgi-bin/sendsms");
      }
      this.path = path;
      return this;
    }

    /** The sender of messages that have none; default what Kannel has configured. */
    public Builder sender(String sender) {
      this.sender = required("sender", sender);
      return this;
    }

    /** The {@code smsc-id} to send through; default what Kannel's routing says. */
    public Builder smsc(String id) {
      this.smsc = required("smsc", id);
      return this;
    }

    /** Where Kannel reports to, see {@link KannelReceipts}; default nowhere. */
    public Builder statusCallback(String url) {
      this.callback = StatusCallback.of(url);
      return this;
    }

    /** Which reports are wanted, a sum of 1 to 32; default 27: all that {@link KannelReceipts} uses. */
    public Builder dlrMask(int mask) {
      if (mask < 1 || mask > 63) {
        throw new InvalidFieldException("dlrMask", mask + " is not between 1 and 63");
      }
      this.dlrMask = mask;
      return this;
    }

    @Override
    public KannelGateway build() {
      return new KannelGateway(this, provider());
    }

    @Override
    protected Builder self() {
      return this;
    }
  }
}
