// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.guard.FrequencyCap;
import io.github.smsqueue.guard.FrequencyCap.Rule;
import io.github.smsqueue.testkit.FrequencyCapContract;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** Frequency caps on Redis 7.0. */
class RedisFrequencyCapTest extends FrequencyCapContract {
  private final List<RedisSmsBackend> backends = new ArrayList<>();
  private final String name = Servers.newName();

  RedisServerProcess server() {
    return Servers.redis70();
  }

  RedisSmsBackend connect(String name) {
    return RedisSmsBackend.connect(server().uri(), name);
  }

  @Override
  protected FrequencyCap createCap(Rule rule) {
    RedisSmsBackend backend = connect(name);
    backends.add(backend);
    return backend.frequencyCap(rule);
  }

  @Override
  protected FrequencyCap anotherClient(FrequencyCap cap, Rule rule) {
    return createCap(rule);
  }

  @AfterEach
  void closeBackends() {
    backends.forEach(RedisSmsBackend::close);
  }
}
