// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.github.smsqueue.Task.Common;
import io.github.smsqueue.spi.Slice;
import io.github.smsqueue.spi.SmsRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tasks as versioned JSON. Stateless; the only class of the core's queue that knows Jackson.
 *
 * <p>Version 1: {@code v} version, {@code b} batch, {@code t} template, {@code c} content, {@code s}
 * sender, {@code p} parameters, {@code u} policy, {@code f} first ordinal; a SEND has {@code n}
 * numbers ("" for an ordinal without a target) and {@code q} parameters by offset; an EXPAND has
 * {@code x} source, {@code r} region, {@code k} chunk size, {@code o} cursor, {@code e} ended,
 * and {@code m} tasks of its lane at most, which earlier workers do not know and skip.
 *
 * <p>Version 2, only for a QUERY: {@code b} batch, {@code g} gateway, {@code a} time of the call, {@code
 * d} ordinals, {@code n} numbers, {@code i} message ids.
 *
 * <p>Versions from 100 are those of {@link Envelope}.
 */
final class TaskCodec {
  static final int VERSION = 2;
  private static final int MAX_PAYLOAD = 64 << 20;
  private static final JsonFactory JSON = JsonFactory.builder()
      .streamReadConstraints(StreamReadConstraints.builder()
          .maxNestingDepth(8)
          .maxStringLength(1 << 20)
          .maxNumberLength(20)
          .build())
      .build();

  private TaskCodec() {}

  /** A payload that is no task. */
  static final class UnreadableTask extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableTask(String problem) {
      super(problem);
    }
  }

  /** A payload of a later version of this library. */
  static final class NewerTask extends Exception {
    private static final long serialVersionUID = 1L;

    NewerTask(int version, int known) {
      super("version " + version + ", this worker knows up to " + known);
    }
  }

  static byte[] encode(Task task) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      // As old as can be, for workers of the version before.
      json.writeNumberField("v", task instanceof Task.Query ? 2 : 1);
      if (task instanceof Task.Query query) {
        writeQuery(json, query);
      } else if (task instanceof Task.Send send) {
        writeCommon(json, send.common());
        writeSend(json, send);
      } else if (task instanceof Task.Expand expand) {
        writeCommon(json, expand.common());
        writeExpand(json, expand);
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void writeCommon(JsonGenerator json, Common common) throws IOException {
    json.writeStringField("b", common.batchId());
    SmsMessage message = common.message();
    writeOptional(json, "t", message.template().orElse(null));
    writeOptional(json, "c", message.content().orElse(null));
    writeOptional(json, "s", message.sender().orElse(null));
    if (!message.params().isEmpty()) {
      json.writeFieldName("p");
      writeParams(json, message.params());
    }
    if (common.unknownOutcome() != UnknownOutcomePolicy.HOLD) {
      json.writeStringField("u", common.unknownOutcome().name());
    }
  }

  private static void writeSend(JsonGenerator json, Task.Send send) throws IOException {
    json.writeNumberField("f", send.slice().first());
    json.writeArrayFieldStart("n");
    int ordinal = send.slice().first();
    for (SmsRequest.Target target : send.targets()) {
      for (; ordinal < target.ordinal(); ordinal++) {
        json.writeString("");
      }
      json.writeString(target.number());
      ordinal++;
    }
    for (; ordinal < send.slice().end(); ordinal++) {
      json.writeString("");
    }
    json.writeEndArray();
    if (send.targets().stream().anyMatch(target -> !target.params().isEmpty())) {
      json.writeObjectFieldStart("q");
      for (SmsRequest.Target target : send.targets()) {
        if (!target.params().isEmpty()) {
          json.writeFieldName(Integer.toString(target.ordinal() - send.slice().first()));
          writeParams(json, target.params());
        }
      }
      json.writeEndObject();
    }
  }

  private static void writeExpand(JsonGenerator json, Task.Expand expand) throws IOException {
    json.writeNumberField("f", expand.next());
    json.writeStringField("x", expand.source().name());
    json.writeStringField("r", expand.source().region());
    json.writeNumberField("k", expand.source().chunkSize());
    if (expand.source().maxBacklog() != Task.Source.UNLIMITED) {
      json.writeNumberField("m", expand.source().maxBacklog());
    }
    json.writeStringField("o", expand.cursor());
    json.writeBooleanField("e", expand.ended());
  }

  private static void writeQuery(JsonGenerator json, Task.Query query) throws IOException {
    json.writeStringField("b", query.batchId());
    json.writeStringField("g", query.gateway());
    json.writeNumberField("a", query.sentAt());
    json.writeArrayFieldStart("d");
    for (Task.Query.Sent sent : query.sent()) {
      json.writeNumber(sent.ordinal());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("n");
    for (Task.Query.Sent sent : query.sent()) {
      json.writeString(sent.number());
    }
    json.writeEndArray();
    json.writeArrayFieldStart("i");
    for (Task.Query.Sent sent : query.sent()) {
      json.writeString(sent.messageId());
    }
    json.writeEndArray();
  }

  private static void writeOptional(JsonGenerator json, String name, @Nullable String value)
      throws IOException {
    if (value != null) {
      json.writeStringField(name, value);
    }
  }

  private static void writeParams(JsonGenerator json, Map<String, String> params)
      throws IOException {
    json.writeStartObject();
    for (Map.Entry<String, String> param : params.entrySet()) {
      json.writeStringField(param.getKey(), param.getValue());
    }
    json.writeEndObject();
  }

  /**
   * Reads a payload.
   *
   * @throws UnreadableTask when the payload is garbage; the message quotes nothing of it
   * @throws NewerTask when a later version wrote it
   * @throws Envelope.Unopened when it is encrypted
   */
  static Task decode(byte[] payload) throws UnreadableTask, NewerTask, Envelope.Unopened {
    return decode(payload, VERSION);
  }

  /** Reads a payload as a worker does that knows no later version than {@code known}. */
  static Task decode(byte[] payload, int known)
      throws UnreadableTask, NewerTask, Envelope.Unopened {
    if (Envelope.isSealed(payload)) {
      throw Envelope.Unopened.withoutKeys(payload);
    }
    if (payload.length > MAX_PAYLOAD) {
      throw new UnreadableTask("payload of " + payload.length + " bytes");
    }
    Fields fields = new Fields();
    try (JsonParser json = JSON.createParser(payload)) {
      read(json, fields, known);
      return fields.toTask();
    } catch (IOException e) {
      throw new UnreadableTask("payload is no JSON of a task");
    } catch (InvalidFieldException e) {
      throw new UnreadableTask("payload is no task: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      // Its message may quote the payload, as that of an unknown constant does.
      throw new UnreadableTask("payload is no task");
    }
  }

  private static void read(JsonParser json, Fields fields, int known)
      throws IOException, UnreadableTask, NewerTask {
    expect(json.nextToken() == JsonToken.START_OBJECT);
    // The version stands first, so that nothing of a later one is misread.
    expect("v".equals(json.nextFieldName()));
    int version = json.nextIntValue(-1);
    if (version > known) {
      throw new NewerTask(version, known);
    }
    expect(version >= 1);
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      JsonToken token = json.nextToken();
      switch (name) {
        case "b" -> fields.batchId = string(json, token);
        case "t" -> fields.template = string(json, token);
        case "c" -> fields.content = string(json, token);
        case "s" -> fields.sender = string(json, token);
        case "u" -> fields.policy = UnknownOutcomePolicy.valueOf(string(json, token));
        case "p" -> fields.params = params(json, token);
        case "f" -> fields.first = integer(json, token);
        case "n" -> fields.numbers = strings(json, token);
        case "q" -> fields.own = paramsByOffset(json, token);
        case "x" -> fields.source = string(json, token);
        case "r" -> fields.region = string(json, token);
        case "k" -> fields.chunkSize = integer(json, token);
        case "m" -> fields.maxBacklog = number(json, token);
        case "o" -> fields.cursor = string(json, token);
        case "g" -> fields.gateway = string(json, token);
        case "a" -> fields.sentAt = number(json, token);
        case "d" -> fields.ordinals = integers(json, token);
        case "i" -> fields.messageIds = strings(json, token);
        case "e" -> fields.ended = token == JsonToken.VALUE_TRUE;
        default -> json.skipChildren();
      }
    }
    expect(json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null);
  }

  private static void expect(boolean holds) throws UnreadableTask {
    if (!holds) {
      throw new UnreadableTask("payload is no task");
    }
  }

  private static String string(JsonParser json, JsonToken token)
      throws IOException, UnreadableTask {
    expect(token == JsonToken.VALUE_STRING);
    return json.getText();
  }

  private static int integer(JsonParser json, JsonToken token) throws IOException, UnreadableTask {
    expect(token == JsonToken.VALUE_NUMBER_INT);
    return json.getIntValue();
  }

  private static long number(JsonParser json, JsonToken token) throws IOException, UnreadableTask {
    expect(token == JsonToken.VALUE_NUMBER_INT);
    return json.getLongValue();
  }

  private static List<Integer> integers(JsonParser json, JsonToken token)
      throws IOException, UnreadableTask {
    expect(token == JsonToken.START_ARRAY);
    List<Integer> values = new ArrayList<>();
    for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
      values.add(integer(json, next));
    }
    return values;
  }

  private static List<String> strings(JsonParser json, JsonToken token)
      throws IOException, UnreadableTask {
    expect(token == JsonToken.START_ARRAY);
    List<String> values = new ArrayList<>();
    for (JsonToken next = json.nextToken(); next != JsonToken.END_ARRAY; next = json.nextToken()) {
      values.add(string(json, next));
    }
    return values;
  }

  private static Map<String, String> params(JsonParser json, JsonToken token)
      throws IOException, UnreadableTask {
    expect(token == JsonToken.START_OBJECT);
    Map<String, String> params = new LinkedHashMap<>();
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      params.put(name, string(json, json.nextToken()));
    }
    return params;
  }

  private static Map<Integer, Map<String, String>> paramsByOffset(JsonParser json, JsonToken token)
      throws IOException, UnreadableTask {
    expect(token == JsonToken.START_OBJECT);
    Map<Integer, Map<String, String>> own = new LinkedHashMap<>();
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      own.put(Integer.valueOf(name), params(json, json.nextToken()));
    }
    return own;
  }

  /** The fields of a payload as they come in. */
  private static final class Fields {
    private @Nullable String batchId;
    private @Nullable String template;
    private @Nullable String content;
    private @Nullable String sender;
    private UnknownOutcomePolicy policy = UnknownOutcomePolicy.HOLD;
    private Map<String, String> params = Map.of();
    private int first;
    private @Nullable List<String> numbers;
    private Map<Integer, Map<String, String>> own = Map.of();
    private @Nullable String source;
    private @Nullable String region;
    private int chunkSize;
    private long maxBacklog = Task.Source.UNLIMITED;
    private @Nullable String cursor;
    private boolean ended;
    private @Nullable String gateway;
    private long sentAt;
    private List<Integer> ordinals = List.of();
    private List<String> messageIds = List.of();

    Task toTask() throws UnreadableTask {
      if (gateway != null) {
        return query(require(batchId), require(gateway));
      }
      expect(batchId != null && (numbers != null || source != null));
      Common common =
          new Common(require(batchId), new SmsMessage(template, content, sender, params), policy);
      if (numbers == null) {
        expect(chunkSize > 0 && first >= 0 && maxBacklog >= 0);
        Task.Source from = new Task.Source(require(source), require(region), chunkSize, maxBacklog);
        return new Task.Expand(common, from, require(cursor), first, ended);
      }
      List<SmsRequest.Target> targets = new ArrayList<>(numbers.size());
      for (int i = 0; i < numbers.size(); i++) {
        if (!numbers.get(i).isEmpty()) {
          Map<String, String> params = own.isEmpty() ? Map.of() : own.getOrDefault(i, Map.of());
          targets.add(new SmsRequest.Target(first + i, numbers.get(i), params));
        }
      }
      return new Task.Send(common, new Slice(first, numbers.size()), targets);
    }

    private Task.Query query(String batch, String of) throws UnreadableTask {
      List<String> called = numbers == null ? List.of() : numbers;
      int size = ordinals.size();
      expect(size > 0 && called.size() == size && messageIds.size() == size);
      List<Task.Query.Sent> sent = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        expect(ordinals.get(i) >= 0 && (i == 0 || ordinals.get(i) > ordinals.get(i - 1)));
        sent.add(new Task.Query.Sent(ordinals.get(i), called.get(i), messageIds.get(i)));
      }
      return new Task.Query(batch, of, sent, sentAt);
    }

    private static String require(@Nullable String value) throws UnreadableTask {
      if (value == null) {
        throw new UnreadableTask("payload is no task");
      }
      return value;
    }
  }
}
