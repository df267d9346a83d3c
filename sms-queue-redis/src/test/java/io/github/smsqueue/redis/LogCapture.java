// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.helpers.MessageFormatter;

/** Everything that is logged while it is open, of our code and of others', and kept off the console. */
final class LogCapture implements AutoCloseable {
  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final List<Line> lines = new CopyOnWriteArrayList<>();
  private final TurboFilter filter;

  /** What was said, with all causes of what was thrown. */
  record Line(String logger, Level level, String text) {}

  /** Captures what is logged at a level or above. */
  LogCapture(Level least) {
    filter = new TurboFilter() {
      @Override
      public FilterReply decide(
          @Nullable Marker marker,
          Logger logger,
          Level level,
          @Nullable String format,
          Object @Nullable [] params,
          @Nullable Throwable thrown) {
        if (!level.isGreaterOrEqual(least)) {
          return FilterReply.DENY;
        }
        if (format == null) {
          // Somebody asks whether it is worth the trouble.
          return FilterReply.ACCEPT;
        }
        String text = MessageFormatter.arrayFormat(format, params).getMessage();
        Throwable last = thrown != null
            ? thrown
            : MessageFormatter.arrayFormat(format, params).getThrowable();
        lines.add(
            new Line(logger.getName(), level, text + (last == null ? "" : "\n" + trace(last))));
        return FilterReply.DENY;
      }
    };
    context.addTurboFilter(filter);
  }

  /** A stack trace with its causes and what was suppressed. */
  static String trace(Throwable thrown) {
    java.io.StringWriter text = new java.io.StringWriter();
    thrown.printStackTrace(new java.io.PrintWriter(text));
    return text.toString();
  }

  List<Line> lines() {
    return lines;
  }

  /** What our own code has said. */
  List<Line> ours(Level least) {
    return lines.stream()
        .filter(line -> line.logger().startsWith("io.github.smsqueue"))
        .filter(line -> line.level().isGreaterOrEqual(least))
        .toList();
  }

  @Override
  public void close() {
    context.getTurboFilterList().remove(filter);
  }
}
