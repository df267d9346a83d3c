// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.redis;

import io.github.smsqueue.testkit.RedisServerProcess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Each test has a Redis of its own, which it may fill or pause, and a backend on it. */
abstract class OwnServer {
  RedisServerProcess server;
  RedisSmsBackend backend;
  Cli cli;

  RedisServerProcess.Builder builder() {
    return RedisServerProcess.builder();
  }

  RedisSmsBackend connect() {
    return RedisSmsBackend.connect(server.uri(), "own");
  }

  @BeforeEach
  void start() {
    server = builder().start();
    backend = connect();
    cli = new Cli(server.uri());
  }

  @AfterEach
  void stop() {
    // Where there is no such server, the test was skipped.
    if (server != null) {
      cli.close();
      backend.close();
      server.close();
    }
  }
}
