// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateways.aliyun;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Numbers of calls that were refused because of one of them, nobody knows which: each goes alone the
 * next time, so that one bad number cannot hold up the others. Thread-safe.
 *
 * <p>Bounded, and only in memory: what is forgotten is refused together once more.
 */
final class LoneNumbers {
  private static final int MOST = 20_000;

  private final Set<String> numbers = ConcurrentHashMap.newKeySet();

  void add(Collection<String> suspects) {
    if (numbers.size() + suspects.size() > MOST) {
      numbers.clear();
    }
    numbers.addAll(suspects);
  }

  void remove(String number) {
    numbers.remove(number);
  }

  boolean contains(String number) {
    return numbers.contains(number);
  }
}
