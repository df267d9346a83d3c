// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import com.github.sonus21.rqueue.annotation.RqueueListener;
import com.github.sonus21.rqueue.config.SimpleRqueueListenerContainerFactory;
import com.github.sonus21.rqueue.core.RqueueMessageEnqueuer;
import com.github.sonus21.rqueue.listener.RqueueMessageListenerContainer;
import com.github.sonus21.rqueue.spring.EnableRqueue;
import java.net.URI;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * rqueue: a listener of sixteen threads that fetches by the hundred and polls every ten milliseconds
 * when idle. It acknowledges, and keeps a state per job.
 */
final class RqueueSubject implements Subject {
  private static final int THREADS = 16;
  private static final long POLLING_MILLIS = 10;

  private final AtomicReference<@Nullable Meter> meter = new AtomicReference<>();
  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext();
  private final RqueueMessageEnqueuer enqueuer;

  RqueueSubject(Place place) {
    URI redis = URI.create(place.redis());
    context.registerBean(
        RedisConnectionFactory.class,
        () -> new LettuceConnectionFactory(
            new RedisStandaloneConfiguration(redis.getHost(), redis.getPort())));
    context.registerBean(Listener.class, () -> new Listener(meter));
    context.register(Setup.class);
    context.refresh();
    enqueuer = context.getBean(RqueueMessageEnqueuer.class);
  }

  /** What rqueue wants to be told. */
  @Configuration(proxyBeanMethods = false)
  @EnableRqueue
  static class Setup {

    @Bean
    SimpleRqueueListenerContainerFactory simpleRqueueListenerContainerFactory(
        RedisConnectionFactory connections) {
      SimpleRqueueListenerContainerFactory factory = new SimpleRqueueListenerContainerFactory();
      factory.setRedisConnectionFactory(connections);
      factory.setMaxNumWorkers(2 * THREADS);
      factory.setPollingInterval(POLLING_MILLIS);
      // A producer takes nothing.
      factory.setAutoStartup(false);
      return factory;
    }
  }

  /** Takes the jobs. */
  static class Listener {
    private final AtomicReference<@Nullable Meter> meter;

    Listener(AtomicReference<@Nullable Meter> meter) {
      this.meter = meter;
    }

    @RqueueListener(value = Place.KEY, concurrency = "" + THREADS, batchSize = "100")
    public void take(NaiveSubject.Sms sms) {
      Meter counting = meter.get();
      if (counting != null) {
        counting.call(sms.mobiles().size());
      }
    }
  }

  @Override
  public void submit(Job job) {
    enqueuer.enqueue(Place.KEY, new NaiveSubject.Sms(Job.TEMPLATE, job.numbers(), Job.CONTENT));
  }

  @Override
  public Running consume(Meter counting) {
    meter.set(counting);
    RqueueMessageListenerContainer container =
        context.getBean(RqueueMessageListenerContainer.class);
    container.start();
    return container::stop;
  }

  @Override
  public void close() {
    context.close();
  }
}
