// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue;

import io.github.smsqueue.spi.GatewayBoard.Pause;
import java.util.Optional;

/**
 * How a gateway is, as all workers together see it. Immutable.
 *
 * @param name {@link io.github.smsqueue.spi.SmsGateway#name()}
 * @param workers how many workers reported it within the last half minute
 * @param perSecond its rate limit, when it has one
 * @param pace what part of the limit is granted now; less than 1 after the provider asked to slow down
 * @param errorRate the mean of the workers' smoothed share of calls that failed, 0 to 1
 * @param demotedBy how many workers let other gateways go first, since too many calls failed
 * @param pause why it is not called, if it is paused
 */
public record GatewayStatus(
    String name,
    int workers,
    Optional<Double> perSecond,
    double pace,
    double errorRate,
    int demotedBy,
    Optional<Pause> pause) {}
