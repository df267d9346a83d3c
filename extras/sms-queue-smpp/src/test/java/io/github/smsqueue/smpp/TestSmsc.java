// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.smpp;

import com.cloudhopper.commons.util.windowing.WindowFuture;
import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.SmppServerConfiguration;
import com.cloudhopper.smpp.SmppServerHandler;
import com.cloudhopper.smpp.SmppServerSession;
import com.cloudhopper.smpp.SmppSessionConfiguration;
import com.cloudhopper.smpp.impl.DefaultSmppServer;
import com.cloudhopper.smpp.impl.DefaultSmppSessionHandler;
import com.cloudhopper.smpp.pdu.BaseBind;
import com.cloudhopper.smpp.pdu.BaseBindResp;
import com.cloudhopper.smpp.pdu.DeliverSm;
import com.cloudhopper.smpp.pdu.EnquireLink;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import com.cloudhopper.smpp.ssl.SslConfiguration;
import com.cloudhopper.smpp.tlv.Tlv;
import com.cloudhopper.smpp.type.Address;
import com.cloudhopper.smpp.type.SmppProcessingException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

/** An SMSC of Cloudhopper's making, which does as the test says. */
@SuppressWarnings("rawtypes") // as the interfaces of ch-smpp are
final class TestSmsc implements AutoCloseable {
  static final String PASSWORD = "s3cretPw";

  /** A submit_sm and where it came from, so that it can be answered later. */
  record Submitted(SmppServerSession session, SubmitSm pdu) {

    void answer(int status, String messageId) throws Exception {
      session.sendResponsePdu(response(pdu, status, messageId));
    }
  }

  final int port;
  final BlockingQueue<Submitted> submitted = new LinkedBlockingQueue<>();
  final BlockingQueue<BaseBind> bindRequests = new LinkedBlockingQueue<>();
  private final List<SmppServerSession> sessions = new CopyOnWriteArrayList<>();
  private final List<SmppServerSession> answered = new CopyOnWriteArrayList<>();
  final AtomicInteger enquireLinks = new AtomicInteger();
  final AtomicInteger unbinds = new AtomicInteger();
  private final AtomicInteger ids = new AtomicInteger();
  private final SmppServerConfiguration configuration = new SmppServerConfiguration();
  private DefaultSmppServer server;

  volatile int bindStatus;
  volatile boolean silent;

  /** What to answer, or null for nothing. */
  volatile Function<SubmitSm, PduResponse> behaviour =
      submit -> response(submit, 0, "id-" + ids.incrementAndGet());

  private TestSmsc(int port) {
    this.port = port;
    configuration.setHost("127.0.0.1");
    configuration.setPort(port);
    configuration.setJmxEnabled(false);
    configuration.setMaxConnectionSize(20);
    configuration.setSystemId("test");
    configuration.setDefaultWindowSize(100);
    configuration.setDefaultSessionCountersEnabled(false);
  }

  static TestSmsc start() throws Exception {
    TestSmsc smsc = new TestSmsc(freePort());
    smsc.restart();
    return smsc;
  }

  static TestSmsc startWithTls(Path keystore, String password) throws Exception {
    TestSmsc smsc = new TestSmsc(freePort());
    SslConfiguration ssl = new SslConfiguration();
    ssl.setKeyStorePath(keystore.toString());
    ssl.setKeyStorePassword(password);
    ssl.setKeyStoreType("PKCS12");
    ssl.setTrustStorePath(keystore.toString());
    ssl.setTrustStorePassword(password);
    ssl.setTrustStoreType("PKCS12");
    smsc.configuration.setUseSsl(true);
    smsc.configuration.setSslConfiguration(ssl);
    smsc.restart();
    return smsc;
  }

  /** Below the range of outgoing connections: a client that tries again and again could meet itself. */
  static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (java.io.IOException e) {
        // Taken.
      }
    }
  }

  void restart() throws Exception {
    server = new DefaultSmppServer(configuration, new Handler());
    server.start();
  }

  void stop() {
    if (server != null) {
      server.destroy();
      server = null;
    }
  }

  /** Closes all connections, and goes on listening. */
  void cut() {
    for (SmppServerSession session : sessions) {
      session.close();
    }
  }

  static SubmitSmResp response(SubmitSm submit, int status, String messageId) {
    SubmitSmResp response = submit.createResponse();
    response.setCommandStatus(status);
    response.setMessageId(messageId);
    return response;
  }

  /** A receipt of the usual text. */
  static DeliverSm receipt(String text) throws Exception {
    DeliverSm deliver = new DeliverSm();
    deliver.setSourceAddress(new Address((byte) 1, (byte) 1, "8613800138000"));
    deliver.setDestAddress(new Address((byte) 5, (byte) 0, "Shop"));
    deliver.setEsmClass((byte) 0x04);
    deliver.setShortMessage(text.getBytes(StandardCharsets.ISO_8859_1));
    return deliver;
  }

  static DeliverSm with(DeliverSm deliver, int tag, byte... value) {
    deliver.addOptionalParameter(new Tlv((short) tag, value));
    return deliver;
  }

  /** Delivers on one of the sessions; returns the command_status of the answer. */
  static int deliver(SmppServerSession session, DeliverSm deliver) throws Exception {
    WindowFuture<Integer, PduRequest, PduResponse> answer =
        session.sendRequestPdu(deliver, Await.PATIENCE.toMillis(), true);
    answer.await(Await.PATIENCE.toMillis());
    return answer.getResponse().getCommandStatus();
  }

  /** The latest whose bind has been answered: a delivery must not come before that answer. */
  SmppServerSession session() throws Exception {
    return session(session -> true);
  }

  /** The latest of those whose bind has been answered. */
  SmppServerSession session(Predicate<SmppServerSession> wanted) throws Exception {
    Await.until("a session", () -> answered.stream().anyMatch(wanted));
    return answered.stream().filter(wanted).reduce((one, next) -> next).orElseThrow();
  }

  @Override
  public void close() {
    stop();
  }

  private final class Handler implements SmppServerHandler {

    @Override
    public void sessionBindRequested(
        Long id, SmppSessionConfiguration session, BaseBind bindRequest)
        throws SmppProcessingException {
      bindRequests.add(bindRequest);
      if (bindStatus != 0) {
        throw new SmppProcessingException(bindStatus);
      }
      if (!PASSWORD.equals(bindRequest.getPassword())) {
        throw new SmppProcessingException(SmppConstants.STATUS_INVPASWD);
      }
    }

    @Override
    public void sessionCreated(Long id, SmppServerSession session, BaseBindResp response) {
      sessions.add(session);
      session.serverReady(new DefaultSmppSessionHandler() {
        @Override
        public PduResponse firePduRequestReceived(PduRequest request) {
          return silent ? null : answer(session, request);
        }
      });
      answered.add(session);
    }

    @Override
    public void sessionDestroyed(Long id, SmppServerSession session) {
      sessions.remove(session);
      answered.remove(session);
      session.destroy();
    }

    private PduResponse answer(SmppServerSession session, PduRequest request) {
      if (request instanceof SubmitSm submit) {
        submitted.add(new Submitted(session, submit));
        return behaviour.apply(submit);
      }
      if (request instanceof EnquireLink) {
        enquireLinks.incrementAndGet();
      }
      if (request.getCommandId() == SmppConstants.CMD_ID_UNBIND) {
        unbinds.incrementAndGet();
      }
      return request.createResponse();
    }
  }
}
