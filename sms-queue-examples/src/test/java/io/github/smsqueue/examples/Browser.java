// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A headless Chromium with one page, driven over the Chrome DevTools Protocol. */
final class Browser implements AutoCloseable {
  private static final Pattern LISTENING = Pattern.compile("listening on ws://([^/]+)/");
  private static final Pattern PAGE_SOCKET =
      Pattern.compile("\"webSocketDebuggerUrl\": *\"(ws://[^\"]+/page/[^\"]+)\"");
  private static final int PATIENCE_SECONDS = 60;

  private final Process process;
  private final WebSocket socket;
  private final Page page;
  private final AtomicInteger calls = new AtomicInteger();

  private Browser(Process process, WebSocket socket, Page page) {
    this.process = process;
    this.socket = socket;
    this.page = page;
  }

  /** Chromium or Chrome on the PATH. */
  static Optional<Path> find() {
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(name -> Arrays.stream(System.getenv("PATH").split(":"))
            .map(directory -> Path.of(directory, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  static Browser start(Path chromium, Path profile, String language) throws Exception {
    Process process = new ProcessBuilder(
            chromium.toString(),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--no-first-run",
            "--accept-lang=" + language,
            "--remote-debugging-port=0",
            "--user-data-dir=" + profile,
            "about:blank")
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    try {
      Page page = new Page();
      WebSocket socket = HttpClient.newHttpClient()
          .newWebSocketBuilder()
          .buildAsync(pageSocket(address(process)), page)
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      Browser browser = new Browser(process, socket, page);
      browser.call("Page.enable", Map.of());
      browser.call("Runtime.enable", Map.of());
      browser.call("Log.enable", Map.of());
      return browser;
    } catch (Exception | Error e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private static String address(Process process) throws IOException {
    BufferedReader errors = process.errorReader(UTF_8);
    for (String line = errors.readLine(); line != null; line = errors.readLine()) {
      Matcher listening = LISTENING.matcher(line);
      if (listening.find()) {
        Thread rest = new Thread(() -> errors.lines().forEach(more -> {}), "chromium-errors");
        rest.setDaemon(true);
        rest.start();
        return listening.group(1);
      }
    }
    throw new IOException("Chromium ended at start");
  }

  private static URI pageSocket(String address) throws Exception {
    HttpRequest list =
        HttpRequest.newBuilder(URI.create("http://" + address + "/json/list")).build();
    String[] found = {""};
    Await.until("Chromium has a page", () -> {
      String targets =
          HttpClient.newHttpClient().send(list, BodyHandlers.ofString()).body();
      Matcher socket = PAGE_SOCKET.matcher(targets);
      found[0] = socket.find() ? socket.group(1) : "";
      return !found[0].isEmpty();
    });
    return URI.create(found[0]);
  }

  void open(URI address) throws Exception {
    call("Page.navigate", Map.of("url", address.toString()));
    await("document.readyState === 'complete' && location.href === '" + address + "'");
  }

  /** The value of an expression; promises are waited for. */
  Object eval(String expression) throws Exception {
    Map<String, Object> answer = call(
        "Runtime.evaluate",
        Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (answer.containsKey("exceptionDetails")) {
      throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
    }
    return ((Map<?, ?>) answer.get("result")).get("value");
  }

  String text(String selector) throws Exception {
    return String.valueOf(eval(element(selector) + "?.textContent ?? ''"));
  }

  void click(String selector) throws Exception {
    await(element(selector) + " !== null");
    eval(element(selector) + ".click()");
  }

  void type(String selector, String value) throws Exception {
    eval(
        "{ const field = %s; field.value = %s; field.dispatchEvent(new Event('input', {bubbles: true})) }"
            .formatted(element(selector), quoted(value)));
  }

  void await(String condition) throws Exception {
    Await.until(condition, () -> Boolean.TRUE.equals(eval(condition)));
  }

  void resize(int width, int height, boolean phone) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 2, "mobile", phone));
  }

  void screenshot(Path file) throws Exception {
    Map<String, Object> shot = call("Page.captureScreenshot", Map.of("format", "png"));
    Files.write(file, Base64.getDecoder().decode((String) shot.get("data")));
  }

  /** What went wrong since it was asked last: exceptions, and what was refused or not loaded. */
  List<String> takeComplaints() {
    List<String> taken = List.copyOf(page.complaints);
    page.complaints.removeAll(taken);
    return taken;
  }

  private static String element(String selector) {
    return "document.querySelector(" + quoted(selector) + ")";
  }

  private static String quoted(String text) {
    return new String(Json.write(text), UTF_8);
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> call(String method, Map<String, ?> params) throws Exception {
    int id = calls.incrementAndGet();
    CompletableFuture<Map<String, Object>> answer = new CompletableFuture<>();
    page.answers.put(id, answer);
    byte[] message = Json.write(Map.of("id", id, "method", method, "params", params));
    socket.sendText(new String(message, UTF_8), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    Map<String, Object> json = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (json.containsKey("error")) {
      throw new AssertionError(method + ": " + json.get("error"));
    }
    return (Map<String, Object>) json.get("result");
  }

  @Override
  public void close() {
    socket.abort();
    process.destroy();
    process
        .onExit()
        .completeOnTimeout(process, PATIENCE_SECONDS, TimeUnit.SECONDS)
        .thenCompose(ended -> ended.destroyForcibly().onExit())
        .join();
  }

  /** What comes from the page. */
  private static final class Page implements WebSocket.Listener {
    final Map<Integer, CompletableFuture<Map<String, Object>>> answers = new ConcurrentHashMap<>();
    final List<String> complaints = new CopyOnWriteArrayList<>();
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      message.append(data);
      if (last) {
        accept(Json.readObject(message.toString().getBytes(UTF_8)));
        message.setLength(0);
      }
      socket.request(1);
      return null;
    }

    private void accept(Map<String, Object> json) {
      if (json.get("id") instanceof Integer id) {
        answers.remove(id).complete(json);
      } else if ("Runtime.exceptionThrown".equals(json.get("method"))) {
        complaints.add(json.get("params").toString());
      } else if ("Log.entryAdded".equals(json.get("method"))) {
        complaints.add(json.get("params").toString());
      }
    }
  }
}
