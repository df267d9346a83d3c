/**
 * What tests need: the contracts that every queue, ledger and limiter must keep, a gateway that
 * misbehaves on demand, a clock that stands still, a Redis server that can be killed.
 *
 * <p>Nothing is null unless marked so.
 */
@NullMarked
package io.github.smsqueue.testkit;

import org.jspecify.annotations.NullMarked;
