// SPDX-License-Identifier: Apache-2.0
/**
 * Breaks real processes and looks at what became of everybody: {@code mvn -Pfaults verify}.
 *
 * <p>A {@link io.github.smsqueue.redis.faults.Stage} has a Redis, worker JVMs whose gateway writes
 * every call to a file, and a submitting JVM that writes down what was accepted. A scenario injects a
 * fault, heals it, and the stage compares the files with the ledger.
 */
package io.github.smsqueue.redis.faults;
