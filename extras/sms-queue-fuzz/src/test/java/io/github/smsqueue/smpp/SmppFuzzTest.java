// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.fuzz.Fuzz;
import io.github.smsqueue.fuzz.Secrets;
import io.github.smsqueue.spi.Receipt;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jsmpp.PDUException;
import org.jsmpp.SMPPConstant;
import org.jsmpp.bean.DeliverSm;
import org.jsmpp.bean.OptionalParameter;
import org.jsmpp.util.DefaultComposer;
import org.jsmpp.util.DefaultDecomposer;
import org.junit.jupiter.api.Test;

class SmppFuzzTest {
  private static final String RECEIPT =
      "id:c0ffee sub:001 dlvrd:001 submit date:2611240000 done date:2611240001 stat:DELIVRD err:000 text:"
          + Secrets.TEXT;

  @Test
  void aDeliverSmIsAReceiptOrRefused() throws Exception {
    Fuzz.of("deliver_sm")
        .seed(deliver(4, 0, RECEIPT.getBytes(StandardCharsets.ISO_8859_1)))
        .seed(deliver(4, 8, RECEIPT.getBytes(StandardCharsets.UTF_16BE)))
        .seed(
            deliver(0x20, 0, "id: 0123 stat:ENROUTE err:0a".getBytes(StandardCharsets.ISO_8859_1)))
        .seed(deliver(
            0,
            0,
            new byte[0],
            new OptionalParameter.Receipted_message_id("c0ffee"),
            new OptionalParameter.Message_state((byte) 5),
            new OptionalParameter.Message_payload(RECEIPT.getBytes(StandardCharsets.US_ASCII))))
        .seed(deliver(0, 0, "hello".getBytes(StandardCharsets.US_ASCII)))
        .run(input -> {
          byte[] bytes = input.below(8) == 0 ? input.bytes() : withLength(input.bytes());
          DeliverSm deliver;
          try {
            Pdu pdu = input.measured(() -> read(bytes));
            deliver = input.measured(() -> new DefaultDecomposer().deliverSm(pdu.bytes()));
          } catch (IOException | PDUException | RuntimeException e) {
            // What the desk refuses with the class of the failure alone.
            return;
          }
          ReceiptReader reader = new ReceiptReader("smsc", input.pick(MessageIds.values()));
          try {
            if (input.measured(() -> ReceiptReader.isReceipt(deliver))) {
              Optional<Receipt> receipt = input.measured(() -> reader.read(deliver));
              receipt.ifPresent(read -> {
                assertFalse(read.messageId().isBlank());
                Secrets.assertNone(read.detail());
                assertTrue(read.detail().length() < 80);
              });
            }
          } catch (InvalidFieldException e) {
            Secrets.assertNone(e);
          }
        });
  }

  @Test
  void anAnswerIsAcceptedOnlyByASubmitSmResp() {
    Fuzz.of("submit_sm_resp")
        .seed(answer(SMPPConstant.CID_SUBMIT_SM_RESP, 0, "c0ffee"))
        .seed(answer(SMPPConstant.CID_SUBMIT_SM_RESP, 0, "0123456789"))
        .seed(answer(SMPPConstant.CID_SUBMIT_SM_RESP, 0x58, ""))
        .seed(answer(SMPPConstant.CID_GENERIC_NACK, 3, ""))
        .run(input -> {
          byte[] bytes = input.below(8) == 0 ? input.bytes() : withLength(input.bytes());
          Pdu pdu;
          try {
            pdu = input.measured(() -> read(bytes));
          } catch (IOException e) {
            return;
          }
          Answers answers =
              new Answers(input.pick(MessageIds.values()), Map.of(0x400, StatusClass.REJECTED));
          StatusClass meaning = input.measured(() -> answers.meaning(pdu));
          String id = input.measured(() -> answers.messageId(pdu));
          assertEquals(
              pdu.status() == 0 && pdu.id() == SMPPConstant.CID_SUBMIT_SM_RESP,
              meaning == StatusClass.ACCEPTED);
          assertTrue(id.indexOf('\0') < 0);
        });
  }

  private static Pdu read(byte[] bytes) throws IOException {
    return Pdu.read(new DataInputStream(new ByteArrayInputStream(bytes)));
  }

  /** The input with the command_length that it has. */
  private static byte[] withLength(byte[] bytes) {
    byte[] out = bytes.clone();
    if (out.length >= Integer.BYTES) {
      ByteBuffer.wrap(out).putInt(out.length);
    }
    return out;
  }

  private static byte[] answer(int id, int status, String messageId) {
    return ByteBuffer.allocate(17 + messageId.length())
        .putInt(17 + messageId.length())
        .putInt(id)
        .putInt(status)
        .putInt(1)
        .put(messageId.getBytes(StandardCharsets.ISO_8859_1))
        .array();
  }

  private static byte[] deliver(
      int esmClass, int dataCoding, byte[] text, OptionalParameter... parameters) throws Exception {
    return new DefaultComposer()
        .deliverSm(
            1,
            "",
            (byte) 1,
            (byte) 1,
            Secrets.DIGITS,
            (byte) 5,
            (byte) 0,
            "Acme",
            (byte) esmClass,
            (byte) 0,
            (byte) 0,
            (byte) 0,
            (byte) dataCoding,
            text.length > 254 ? java.util.Arrays.copyOf(text, 254) : text,
            parameters);
  }
}
