// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.github.smsqueue.Submission.RejectedNumber;
import io.github.smsqueue.spi.GatewayException;
import io.github.smsqueue.spi.Lease;
import io.github.smsqueue.spi.MessageReference;
import io.github.smsqueue.spi.Ordinals;
import io.github.smsqueue.spi.QueueEntry;
import io.github.smsqueue.spi.RecipientPage;
import io.github.smsqueue.spi.SendReport;
import io.github.smsqueue.spi.SendResult;
import io.github.smsqueue.spi.SmsRequest;
import io.github.smsqueue.spi.SmsRequest.Target;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No public type shows a number, a text or a parameter of a message. */
class ToStringTest {
  private static final String NUMBER = "+8613800138000";
  private static final String TEXT = "geheim 424242";
  private static final Map<String, String> PARAMS = Map.of("code", TEXT);
  private static final String BODY = "to=" + NUMBER + "&text=" + TEXT;

  /** What a component of this name may hold, besides words that are nobody's secret. */
  private static final Map<String, String> SECRETS = Map.of(
      "number", NUMBER,
      "messageId", "9006^0/13800138000",
      "key", "otp-13800138000",
      "fingerprint", "f",
      "next", "13800138000",
      "content", TEXT);

  private static final SmsBatch BATCH = SmsBatch.builder()
      .content(TEXT)
      .template("t")
      .params(PARAMS)
      .toRecipients(List.of(new Recipient(NUMBER, PARAMS)))
      .build();
  private static final SmsRequest REQUEST =
      SmsRequest.of("b", Lane.NORMAL, BATCH.message(), List.of(new Target(0, NUMBER, PARAMS)));
  private static final QueueEntry ENTRY =
      new QueueEntry("b:0", "b", Lane.NORMAL, Duration.ZERO, BODY.getBytes(StandardCharsets.UTF_8));

  /** All but the one whose number is masked when it is made. */
  static Stream<Class<?>> records() {
    return new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.github.smsqueue")
            .stream()
            .filter(type -> type.isRecord() && type.getModifiers().contains(JavaModifier.PUBLIC))
            .filter(type -> !type.isEquivalentTo(RejectedNumber.class))
            .map(type -> (Class<?>) type.reflect());
  }

  @ParameterizedTest
  @MethodSource("records")
  void noRecordShowsWhatItHolds(Class<?> type) throws Exception {
    assertShowsNothing(make(type));
  }

  static Stream<Object> others() {
    return Stream.of(
        BATCH,
        BATCH.message(),
        REQUEST,
        ENTRY,
        SendReport.each(REQUEST, target -> new SendResult.Accepted("9006^0/13800138000")),
        new GatewayException(new SendResult.Accepted("9006^0/13800138000"), null),
        WebhookRequest.of(
            "POST",
            "https://h.example/w?" + BODY,
            Map.of("X", List.of(NUMBER)),
            BODY.getBytes(StandardCharsets.UTF_8)),
        Task.Query.Sent.of(REQUEST, List.of(new SendResult.Accepted("9006^0/13800138000"))),
        SmsBackend.inMemory());
  }

  @ParameterizedTest
  @MethodSource("others")
  void noOtherTypeShowsWhatItHolds(Object value) {
    assertShowsNothing(value);
  }

  private static void assertShowsNothing(Object value) {
    assertThat(value.toString()).doesNotContain("13800138000", "0013800", "geheim", "424242");
  }

  private static Object make(Class<?> type) throws ReflectiveOperationException {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = value(components[i].getGenericType(), components[i].getName());
    }
    Constructor<?> constructor = type.getDeclaredConstructor(types);
    return constructor.newInstance(values);
  }

  private static Object value(Type generic, String name) throws ReflectiveOperationException {
    if (generic instanceof ParameterizedType parameterized) {
      Type[] arguments = parameterized.getActualTypeArguments();
      Object last = value(arguments[arguments.length - 1], name);
      Class<?> raw = (Class<?>) parameterized.getRawType();
      if (raw == Map.class && name.equals("params")) {
        return PARAMS;
      } else if (raw == Map.class) {
        return Map.of(
            value(arguments[0], name), name.equals("ids") ? SECRETS.get("messageId") : last);
      }
      return raw == Optional.class ? Optional.of(last) : List.of(last);
    }
    Class<?> type = (Class<?>) generic;
    if (type == String.class) {
      return SECRETS.getOrDefault(name, "word");
    } else if (type == RecipientState.class) {
      return RecipientState.DELIVERED;
    } else if (type.isEnum()) {
      return type.getEnumConstants()[0];
    } else if (type == RejectedNumber.class) {
      return new RejectedNumber(0, Recipient.mask(NUMBER), "is too short");
    } else if (type.isRecord() && type != MessageReference.class) {
      return make(type);
    }
    return PLAIN.stream()
        .filter(value -> type.isInstance(value) || primitive(type).isInstance(value))
        .findFirst()
        .orElseThrow(() -> new AssertionError("say in this test how a " + type + " is made"));
  }

  private static final List<Object> PLAIN = List.of(
      1,
      1L,
      0.5,
      true,
      Duration.ofSeconds(1),
      Instant.EPOCH,
      BigDecimal.ONE,
      Currency.getInstance("CNY"),
      new MessageReference("b", 0),
      Ordinals.none(),
      BATCH.message(),
      new Lease("b:0", "b", Lane.NORMAL, 1, 1, ENTRY.payload()),
      new RecipientPage.Found(NUMBER, PARAMS),
      new SendResult.Accepted("9006^0/13800138000"));

  private static Class<?> primitive(Class<?> type) {
    return java.lang.invoke.MethodType.methodType(type).wrap().returnType();
  }
}
