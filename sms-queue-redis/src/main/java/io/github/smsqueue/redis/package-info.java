/**
 * The Redis backend, through Lettuce: {@link io.github.smsqueue.redis.RedisSmsBackend} keeps queue,
 * ledger and rate limits, {@link io.github.smsqueue.redis.RedisListIntake} takes jobs that other
 * applications push to a plain list.
 *
 * <p>Redis 6.2 or later, stand-alone, with Sentinel or as a cluster. Null, thread and exception rules
 * are those of {@link io.github.smsqueue}.
 */
@NullMarked
package io.github.smsqueue.redis;

import org.jspecify.annotations.NullMarked;
