// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import java.nio.file.Path;

/**
 * Where a subject keeps its jobs. Immutable.
 *
 * @param redis URI of a Redis that is ours alone
 * @param directory for a database, ours alone
 * @param chunk recipients per task, where the subject cuts batches
 */
record Place(String redis, Path directory, int chunk) {
  static final String KEY = "bench";
}
