// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.io.File;
import java.io.IOException;

/** Runs the JMH benchmarks, with JMH's own arguments. See {@code docs/performance.md}. */
public final class Micro {
  private Micro() {}

  public static void main(String[] args) throws IOException {
    // What JMH gives to its processes.
    System.setProperty("java.class.path", String.join(File.pathSeparator, ClassPath.parts()));
    org.openjdk.jmh.Main.main(args);
  }
}
