// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.spi.SmsQueue;
import java.time.Duration;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.state.ActionChain;
import org.jspecify.annotations.Nullable;

/**
 * Compares an {@link SmsQueue} with a model, over random steps of several workers that crash, speak
 * too late and repeat themselves. Extend it beside {@link SmsQueueContract}; it needs jqwik as a
 * second engine for tests. What a queue does not declare in its {@link SmsQueue#capabilities} is
 * left out.
 *
 * <p>A few chains of steps are tried, always the same; with the system property {@code
 * smsqueue.model.tries} as many as it says, always others. A chain that fails is shrunk.
 */
public abstract class SmsQueueModelContract {
  private @Nullable QueueTrial trial;

  /** A new, empty queue; it is closed by the contract. */
  protected abstract SmsQueue createQueue() throws Exception;

  /**
   * Another client of a queue, as a second process would have it; closed by the contract. The same
   * object unless overridden.
   *
   * @param queue what {@link #createQueue} made last
   */
  protected SmsQueue anotherClient(SmsQueue queue) throws Exception {
    return queue;
  }

  /**
   * Moves the clock that the queue goes by.
   *
   * @return false, unless overridden, when the clock cannot be moved: then delays never end, and
   *     leases only a little before their time
   */
  protected boolean timePasses(Duration by) {
    return false;
  }

  @Property
  @AddLifecycleHook(ModelTries.class)
  void anyOrderOfStepsAgreesWithTheModel(@ForAll("chains") ActionChain<QueueTrial> chain)
      throws Exception {
    try {
      chain.withInvariant("what the queue shows", QueueTrial::check).run().finish();
    } finally {
      if (trial != null) {
        trial.close();
      }
    }
  }

  @Provide
  Arbitrary<ActionChain<QueueTrial>> chains() {
    return QueueSteps.chains(this::newTrial);
  }

  private QueueTrial newTrial() {
    try {
      SmsQueue queue = createQueue();
      trial = new QueueTrial(queue, anotherClient(queue), this::timePasses);
      return trial;
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError("no queue", e);
    }
  }
}
