// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.spi;

/**
 * Recipients in the host's own store, read in pages by a worker after {@code submit} has returned.
 * Must be thread-safe.
 */
@FunctionalInterface
public interface RecipientSource {

  /**
   * Reads the page after a cursor. Called again with the same cursor after a crash; may block.
   *
   * @param cursor what the page before said, empty for the first
   * @param limit at most so many rows
   * @throws Exception when the store cannot be read; the page is tried again later
   */
  RecipientPage read(String cursor, int limit) throws Exception;
}
