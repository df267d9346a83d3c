// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.testkit;

import io.github.smsqueue.spi.BatchLedger;
import java.time.Duration;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.state.ActionChain;
import org.jspecify.annotations.Nullable;

/**
 * Compares a {@link BatchLedger} with a model, over random steps of workers that die in a call, speak
 * too late and repeat themselves, of a source that is read again, and of operators. Extend it beside
 * {@link BatchLedgerContract}; it needs jqwik as a second engine for tests.
 *
 * <p>A few chains of steps are tried, always the same; with the system property {@code
 * smsqueue.model.tries} as many as it says, always others. A chain that fails is shrunk.
 */
public abstract class BatchLedgerModelContract {
  private @Nullable LedgerTrial trial;

  /** A new, empty ledger; it is closed by the contract. */
  protected abstract BatchLedger createLedger() throws Exception;

  /**
   * Moves the clock that the ledger goes by.
   *
   * @return false, unless overridden, when the clock cannot be moved: then no batch expires and none
   *     is forgotten
   */
  protected boolean timePasses(Duration by) {
    return false;
  }

  @Property
  @AddLifecycleHook(ModelTries.class)
  void anyOrderOfStepsAgreesWithTheModel(@ForAll("chains") ActionChain<LedgerTrial> chain) {
    try {
      chain.withInvariant("what the ledger shows", LedgerTrial::check).run();
    } finally {
      if (trial != null) {
        trial.close();
      }
    }
  }

  @Provide
  Arbitrary<ActionChain<LedgerTrial>> chains() {
    return LedgerSteps.chains(this::newTrial);
  }

  private LedgerTrial newTrial() {
    try {
      trial = new LedgerTrial(createLedger(), this::timePasses);
      return trial;
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError("no ledger", e);
    }
  }
}
