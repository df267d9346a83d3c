// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import net.jqwik.api.FixedSeedMode;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutionResult.Status;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;
import org.opentest4j.TestAbortedException;

/**
 * How often a model is tried: a few times and always the same, or as often as the system property
 * {@code smsqueue.model.tries} says and never the same. A property whose implementation is not there
 * is skipped.
 */
final class ModelTries implements AroundPropertyHook {
  private static final String TRIES = "smsqueue.model.tries";
  private static final int FEW = 20;

  @Override
  public PropertyExecutionResult aroundProperty(
      PropertyLifecycleContext property, PropertyExecutor executor) {
    int tries = Integer.getInteger(TRIES, 0);
    property.attributes().setTries(tries > 0 ? tries : FEW);
    if (tries <= 0) {
      property.attributes().setSeed("4711");
      property.attributes().setWhenFixedSeed(FixedSeedMode.ALLOW);
    }
    PropertyExecutionResult result = executor.execute();
    return result
        .throwable()
        .filter(TestAbortedException.class::isInstance)
        .map(missing -> result.mapTo(Status.ABORTED, missing))
        .orElse(result);
  }

  /** Outside of what runs before a property, which may find that something is not there. */
  @Override
  public int aroundPropertyProximity() {
    return -20;
  }
}
