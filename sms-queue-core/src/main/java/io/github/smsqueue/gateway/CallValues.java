// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the placeholders stand for in one call. Immutable. */
final class CallValues implements Template.Values {
  /** Stands for any call when a template is checked; breaks JSON when it is not in quotes. */
  static final Template.Values SAMPLE = new Sample();

  private static final String CODE = "TEMPLATE";

  private final SmsRequest request;
  private final Target first;
  private final String separator;
  private final String defaultSender;

  CallValues(SmsRequest request, String separator, String defaultSender) {
    this.request = request;
    this.first = request.targets().get(0);
    this.separator = separator;
    this.defaultSender = defaultSender;
  }

  @Override
  public String text(String name) throws GatewayException {
    if (Template.isParam(name)) {
      return given(name, Optional.ofNullable(params().get(Template.paramName(name))));
    }
    return switch (name) {
      case "number" -> first.number();
      case "number.digits" -> digits(first.number());
      case "numbers", "numbers.digits" -> String.join(separator, numbers(name));
      case "content" -> given(name, request.message().content());
      case "template" -> given(name, request.message().template());
      case "sender" -> request.message().sender().orElse(defaultSender);
      case "batchId" -> request.batchId();
      case "ordinal" -> Integer.toString(first.ordinal());
      case "reference" -> request.batchId() + "-" + first.ordinal();
      case "params" -> Json.object(params());
      default -> throw new IllegalStateException("no such placeholder: " + name);
    };
  }

  @Override
  public String json(String name) throws GatewayException {
    return name.startsWith("numbers") ? Json.array(numbers(name)) : text(name);
  }

  private List<String> numbers(String name) {
    boolean digits = name.endsWith(".digits");
    return request.targets().stream()
        .map(target -> digits ? digits(target.number()) : target.number())
        .toList();
  }

  /** The parameters of the message under those of the recipients, who must all have the same. */
  private Map<String, String> params() throws GatewayException {
    for (Target target : request.targets()) {
      if (!target.params().equals(first.params())) {
        throw GatewayException.rejected(
            CODE, "the recipients of one call have different parameters: set maxRecipients(1)");
      }
    }
    Map<String, String> params = new HashMap<>(request.message().params());
    params.putAll(first.params());
    return params;
  }

  private static String given(String name, Optional<String> value) throws GatewayException {
    if (value.isEmpty()) {
      throw GatewayException.rejected(CODE, "the message has nothing for {" + name + "}");
    }
    return value.get();
  }

  static String digits(String number) {
    StringBuilder digits = new StringBuilder(number.length());
    number.chars().filter(c -> c >= '0' && c <= '9').forEach(c -> digits.append((char) c));
    return digits.toString();
  }

  private static final class Sample implements Template.Values {

    @Override
    public String text(String name) {
      return switch (name) {
        case "number.digits", "numbers.digits" -> "8613800138000";
        case "ordinal" -> "0";
        case "params" -> "{}";
        case "batchId", "reference", "number", "numbers" -> "+86-sample";
        default -> "sample \"text\"";
      };
    }

    @Override
    public String json(String name) {
      return name.startsWith("numbers") ? "[]" : text(name);
    }
  }
}
