// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.io.OutputStream;

/** The main class of the processes that are measured. Ends at once when its driver is gone. */
final class Child {
  private Child() {}

  public static void main(String[] args) {
    Arguments arguments = Arguments.parse(args);
    Thread watch = new Thread(Child::endWithDriver, "bench-watch");
    watch.setDaemon(true);
    watch.start();
    int code = 0;
    try (Subject subject = arguments.peer().open(arguments.place())) {
      arguments.task().run(subject, arguments, new Answer(System.out));
    } catch (Throwable e) {
      e.printStackTrace();
      code = 1;
    }
    System.out.flush();
    Runtime.getRuntime().halt(code);
  }

  private static void endWithDriver() {
    try {
      System.in.transferTo(OutputStream.nullOutputStream());
    } catch (java.io.IOException e) {
      System.err.println("the driver is gone: " + e);
    }
    Runtime.getRuntime().halt(2);
  }
}
