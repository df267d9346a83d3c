// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.List;

/** The class path of this program, whoever started it. */
final class ClassPath {
  private ClassPath() {}

  static List<String> parts() {
    return ClassPath.class.getClassLoader() instanceof URLClassLoader loader
        ? Arrays.stream(loader.getURLs()).map(URL::getPath).toList()
        : Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator, -1));
  }
}
