// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.examples;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the log of a simulated gateway as it grows: {@code epochMillis batchId ordinal result}. Not
 * thread-safe.
 */
final class CallTail {
  private final Path file;
  private long read;

  CallTail(Path file) {
    this.file = file;
  }

  /** One recipient of one call. */
  record Line(long millis, String batchId, int ordinal) {}

  /** The whole lines that came since the last time. */
  List<Line> next() throws IOException {
    List<Line> lines = new ArrayList<>();
    if (!Files.exists(file)) {
      return lines;
    }
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      byte[] bytes = new byte[(int) Math.min(64 << 20, in.length() - read)];
      in.seek(read);
      in.readFully(bytes);
      int end = bytes.length;
      while (end > 0 && bytes[end - 1] != '\n') {
        end--;
      }
      read += end;
      for (String line : new String(bytes, 0, end, StandardCharsets.US_ASCII).split("\n", -1)) {
        String[] fields = line.split(" ", 4);
        if (fields.length == 4) {
          lines.add(new Line(Long.parseLong(fields[0]), fields[1], Integer.parseInt(fields[2])));
        }
      }
    }
    return lines;
  }
}
