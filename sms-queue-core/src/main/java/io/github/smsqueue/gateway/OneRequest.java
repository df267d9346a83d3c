// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The body of a request that is written at most once. Thread-safe.
 *
 * <p>{@code java.net.http} writes a GET a second time, on a new connection, when the server closes
 * the first one before it has answered, be that connection fresh or reused; with {@code
 * -Djdk.httpclient.enableAllMethodRetry} a POST, too (measured on JDK 17.0.15 and 25.0.3). No
 * setting of a client turns that off. But the client must ask for the length of the body before it
 * can write the head of a request, and does so once each time: the second question is refused.
 *
 * <p>For the same reason a request whose length was never asked for was not written, and is not
 * written any more once it is {@link #seal sealed}.
 */
final class OneRequest implements BodyPublisher {
  private enum State {
    NEW,
    WRITTEN,
    SEALED
  }

  private final BodyPublisher body;
  private final AtomicReference<State> state = new AtomicReference<>(State.NEW);

  OneRequest(byte[] body) {
    this.body = BodyPublishers.ofByteArray(body);
  }

  @Override
  public long contentLength() {
    if (!state.compareAndSet(State.NEW, State.WRITTEN)) {
      throw new IllegalStateException("the connection was closed without an answer");
    }
    return body.contentLength();
  }

  @Override
  public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
    body.subscribe(subscriber);
  }

  /** Whether nothing of the request was written; nothing will be after this call. */
  boolean seal() {
    return state.compareAndSet(State.NEW, State.SEALED) || state.get() == State.SEALED;
  }
}
