// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Every command_status of SMPP 3.4 (issue 1.2, 5.1.3), and what it means in the answer to a
 * submit_sm. Rejected are those that find fault with the request itself; a status that cannot come
 * back for a submit_sm, or that does not say whether the message was taken, is unknown.
 */
enum CommandStatus {
  ESME_ROK(0x00, StatusClass.ACCEPTED),
  ESME_RINVMSGLEN(0x01, StatusClass.REJECTED),
  ESME_RINVCMDLEN(0x02, StatusClass.REJECTED),
  ESME_RINVCMDID(0x03, StatusClass.REJECTED),
  ESME_RINVBNDSTS(0x04, StatusClass.NOT_SENT),
  ESME_RALYBND(0x05, StatusClass.UNKNOWN),
  ESME_RINVPRTFLG(0x06, StatusClass.REJECTED),
  ESME_RINVREGDLVFLG(0x07, StatusClass.REJECTED),
  ESME_RSYSERR(0x08, StatusClass.UNKNOWN),
  ESME_RINVSRCADR(0x0A, StatusClass.REJECTED),
  ESME_RINVDSTADR(0x0B, StatusClass.REJECTED),
  ESME_RINVMSGID(0x0C, StatusClass.UNKNOWN),
  ESME_RBINDFAIL(0x0D, StatusClass.PAUSED),
  ESME_RINVPASWD(0x0E, StatusClass.PAUSED),
  ESME_RINVSYSID(0x0F, StatusClass.PAUSED),
  ESME_RCANCELFAIL(0x11, StatusClass.UNKNOWN),
  ESME_RREPLACEFAIL(0x13, StatusClass.UNKNOWN),
  ESME_RMSGQFUL(0x14, StatusClass.THROTTLED),
  ESME_RINVSERTYP(0x15, StatusClass.REJECTED),
  ESME_RINVNUMDESTS(0x33, StatusClass.REJECTED),
  ESME_RINVDLNAME(0x34, StatusClass.REJECTED),
  ESME_RINVDESTFLAG(0x40, StatusClass.REJECTED),
  ESME_RINVSUBREP(0x42, StatusClass.REJECTED),
  ESME_RINVESMCLASS(0x43, StatusClass.REJECTED),
  ESME_RCNTSUBDL(0x44, StatusClass.REJECTED),
  ESME_RSUBMITFAIL(0x45, StatusClass.UNKNOWN),
  ESME_RINVSRCTON(0x48, StatusClass.REJECTED),
  ESME_RINVSRCNPI(0x49, StatusClass.REJECTED),
  ESME_RINVDSTTON(0x50, StatusClass.REJECTED),
  ESME_RINVDSTNPI(0x51, StatusClass.REJECTED),
  ESME_RINVSYSTYP(0x53, StatusClass.REJECTED),
  ESME_RINVREPFLAG(0x54, StatusClass.REJECTED),
  ESME_RINVNUMMSGS(0x55, StatusClass.UNKNOWN),
  ESME_RTHROTTLED(0x58, StatusClass.THROTTLED),
  ESME_RINVSCHED(0x61, StatusClass.REJECTED),
  ESME_RINVEXPIRY(0x62, StatusClass.REJECTED),
  ESME_RINVDFTMSGID(0x63, StatusClass.REJECTED),
  ESME_RX_T_APPN(0x64, StatusClass.UNKNOWN),
  ESME_RX_P_APPN(0x65, StatusClass.UNKNOWN),
  ESME_RX_R_APPN(0x66, StatusClass.UNKNOWN),
  ESME_RQUERYFAIL(0x67, StatusClass.UNKNOWN),
  ESME_RINVOPTPARSTREAM(0xC0, StatusClass.REJECTED),
  ESME_ROPTPARNOTALLWD(0xC1, StatusClass.REJECTED),
  ESME_RINVPARLEN(0xC2, StatusClass.REJECTED),
  ESME_RMISSINGOPTPARAM(0xC3, StatusClass.REJECTED),
  ESME_RINVOPTPARAMVAL(0xC4, StatusClass.REJECTED),
  ESME_RDELIVERYFAILURE(0xFE, StatusClass.UNKNOWN),
  ESME_RUNKNOWNERR(0xFF, StatusClass.UNKNOWN);

  private static final Map<Integer, CommandStatus> BY_CODE =
      Stream.of(values()).collect(Collectors.toMap(CommandStatus::code, Function.identity()));

  private final int code;
  private final StatusClass meaning;

  CommandStatus(int code, StatusClass meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  int code() {
    return code;
  }

  /** Reserved and vendor-specific ones (5.1.3) are unknown. */
  static StatusClass meaning(int code) {
    return of(code).map(status -> status.meaning).orElse(StatusClass.UNKNOWN);
  }

  /** For logs and reasons: {@code ESME_RTHROTTLED (0x58)}, or the number alone. */
  static String name(int code) {
    String number = "0x%02X".formatted(code);
    return of(code).map(status -> status + " (" + number + ")").orElse("command_status " + number);
  }

  private static Optional<CommandStatus> of(int code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }
}
