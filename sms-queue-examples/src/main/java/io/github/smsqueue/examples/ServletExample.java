// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import io.github.smsqueue.InvalidFieldException;
import io.github.smsqueue.SmsBackend;
import io.github.smsqueue.SmsBatch;
import io.github.smsqueue.SmsDispatcher;
import io.github.smsqueue.SmsWorker;
import io.github.smsqueue.Submission;
import io.github.smsqueue.gateway.LoggingGateway;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;

/** In a servlet container: a listener holds the library, an asynchronous servlet submits. */
public final class ServletExample {
  private ServletExample() {}

  public static void main(String[] args) throws Exception {
    start(Settings.ofEnvironment().port()).join();
  }

  /** What the container does by itself when it finds the two classes in a WAR. */
  static Server start(int port) throws Exception {
    ServletContextHandler context = new ServletContextHandler();
    context.addEventListener(new SmsLifecycle());
    ServletHolder servlet = new ServletHolder(new SendSmsServlet());
    servlet.setAsyncSupported(true);
    context.addServlet(servlet, "/send-sms");
    Server server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    server.setHandler(context);
    server.setStopAtShutdown(true);
    server.start();
    return server;
  }

  /** Starts the worker with the web application, and stops it in good order with it. */
  public static final class SmsLifecycle implements ServletContextListener {
    private final SmsBackend backend = SmsBackend.inMemory(); // or RedisSmsBackend.connect(…)
    private final SmsWorker worker =
        SmsWorker.builder(backend, LoggingGateway.create()).build();

    @Override
    public void contextInitialized(ServletContextEvent event) {
      event
          .getServletContext()
          .setAttribute("sms", SmsDispatcher.builder(backend).build());
      new Thread(worker, "sms-worker").start();
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
      worker.close();
      backend.close();
    }
  }

  /** Takes a form; no thread of the container waits while the batch is stored. */
  @WebServlet(urlPatterns = "/send-sms", asyncSupported = true)
  public static final class SendSmsServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) {
      SmsDispatcher sms = (SmsDispatcher) request.getServletContext().getAttribute("sms");
      String[] mobiles = request.getParameterMap().getOrDefault("mobiles[]", new String[0]);
      AsyncContext async = request.startAsync();
      try {
        SmsBatch batch = SmsBatch.builder()
            .template(request.getParameter("template_id"))
            .content(request.getParameter("content"))
            .to(List.of(mobiles))
            .build();
        CompletionStage<Submission> stored = sms.submitAsync(batch);
        stored.whenComplete((submission, failure) -> {
          if (failure == null) {
            answer(async, 202, Map.of("success", true, "batchId", submission.batchId()));
          } else {
            answer(async, 503, Map.of("success", false, "message", "try again later"));
          }
        });
      } catch (InvalidFieldException e) {
        answer(async, 400, Map.of("success", false, "field", e.field()));
      }
    }

    private static void answer(AsyncContext async, int status, Map<String, ?> json) {
      try {
        HttpServletResponse response = (HttpServletResponse) async.getResponse();
        response.setStatus(status);
        response.setContentType("application/json");
        response.getOutputStream().write(Json.write(json));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        async.complete();
      }
    }
  }
}
