// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import java.util.Map;
import org.jsmpp.SMPPConstant;

/** How the answers to submit_sm are read. Immutable. */
record Answers(MessageIds ids, Map<Integer, StatusClass> own) {

  Answers {
    own = Map.copyOf(own);
  }

  StatusClass meaning(Pdu answer) {
    if (answer.status() == 0) {
      // A generic_nack cannot say yes.
      return answer.id() == SMPPConstant.CID_SUBMIT_SM_RESP
          ? StatusClass.ACCEPTED
          : StatusClass.UNKNOWN;
    }
    StatusClass meaning = own.get(answer.status());
    return meaning == null ? CommandStatus.meaning(answer.status()) : meaning;
  }

  String messageId(Pdu answer) {
    return ids.ofResponse(answer.text());
  }
}
