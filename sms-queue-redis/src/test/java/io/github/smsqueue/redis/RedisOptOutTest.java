// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.guard.OptOutList;
import io.github.smsqueue.testkit.OptOutContract;
import io.github.smsqueue.testkit.RedisServerProcess;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** Opt-out lists on Redis 7.0. */
class RedisOptOutTest extends OptOutContract {
  private final List<RedisSmsBackend> backends = new ArrayList<>();
  private final String name = Servers.newName();

  RedisServerProcess server() {
    return Servers.redis70();
  }

  RedisSmsBackend connect(String name) {
    return RedisSmsBackend.connect(server().uri(), name);
  }

  @Override
  protected OptOutList createList() {
    RedisSmsBackend backend = connect(name);
    backends.add(backend);
    return backend.optOuts();
  }

  @Override
  protected OptOutList anotherClient(OptOutList list) {
    return createList();
  }

  @AfterEach
  void closeBackends() {
    backends.forEach(RedisSmsBackend::close);
  }
}
