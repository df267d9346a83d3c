// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.gateway;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer. One that is too large is not an error, because the status says something
 * without it.
 */
final class ReplyBody {
  private final byte[] bytes;
  private final boolean whole;

  private ReplyBody(byte[] bytes, boolean whole) {
    this.bytes = bytes;
    this.whole = whole;
  }

  byte[] bytes() {
    return bytes;
  }

  boolean whole() {
    return whole;
  }

  /** Reads at most {@code limit} bytes and then ends the connection. */
  static BodySubscriber<ReplyBody> reader(int limit) {
    return new Reader(limit);
  }

  // One thread at a time calls the on… methods (reactive streams, rule 1.3).
  private static final class Reader implements BodySubscriber<ReplyBody> {
    private final int limit;
    private final CompletableFuture<ReplyBody> body = new CompletableFuture<>();
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();
    private @Nullable Subscription subscription;

    Reader(int limit) {
      this.limit = limit;
    }

    @Override
    public CompletionStage<ReplyBody> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      this.subscription = subscription;
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        if (body.isDone()) {
          return;
        }
        if (read.size() + buffer.remaining() > limit) {
          body.complete(new ReplyBody(new byte[0], false));
          if (subscription != null) {
            subscription.cancel();
          }
        } else {
          byte[] bytes = new byte[buffer.remaining()];
          buffer.get(bytes);
          read.writeBytes(bytes);
        }
      }
    }

    @Override
    public void onError(Throwable error) {
      body.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
      body.complete(new ReplyBody(read.toByteArray(), true));
    }
  }
}
