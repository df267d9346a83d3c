// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.smsqueue.spi.SendResult;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A file with a line per recipient and call. Thread-safe.
 *
 * <p>Several processes may append to it: the lines of a call go out in one write to a file that is
 * open for appending, in pieces of whole lines when there are very many. No {@code FileChannel}, as
 * an interrupt of a sending thread would close it for all.
 */
final class CallLog implements AutoCloseable {
  private static final int MOST_IN_ONE_WRITE = 8_000;

  private final Path path;
  private final FileOutputStream out;

  CallLog(Path path) {
    this.path = path;
    try {
      this.out = new FileOutputStream(path.toFile(), true);
    } catch (IOException e) {
      throw new UncheckedIOException("could not open " + path, e);
    }
  }

  /** Returns when the operating system has the lines. */
  void append(List<SimulatedCall> calls) {
    StringBuilder lines = new StringBuilder();
    for (SimulatedCall call : calls) {
      lines.append(call.at().toEpochMilli()).append(' ').append(call.batchId()).append(' ');
      lines.append(call.ordinal()).append(' ').append(word(call.result())).append('\n');
      if (lines.length() > MOST_IN_ONE_WRITE) {
        write(lines);
      }
    }
    write(lines);
  }

  private void write(StringBuilder lines) {
    try {
      out.write(lines.toString().getBytes(UTF_8));
      lines.setLength(0);
    } catch (IOException e) {
      throw new UncheckedIOException("could not write to " + path, e);
    }
  }

  private static String word(SendResult result) {
    if (result instanceof SendResult.Accepted) {
      return "ACCEPTED";
    }
    return result instanceof SendResult.Rejected ? "REJECTED" : "NOT_SENT";
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException("could not close " + path, e);
    }
  }
}
