// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;

/**
 * db-scheduler on an embedded H2: one task a job, sixteen threads, polls every hundred milliseconds when
 * idle and at once when it has worked off half of what it fetched.
 */
final class DbSchedulerSubject implements Subject {
  private static final int THREADS = 16;

  private final JdbcConnectionPool database;
  private final AtomicReference<@Nullable Meter> meter = new AtomicReference<>();
  private final OneTimeTask<String> task =
      Tasks.oneTime("sms", String.class).execute((instance, context) -> take(instance.getData()));
  private final SchedulerClient client;

  DbSchedulerSubject(Place place) {
    database = H2.open(place, THREADS + 8);
    H2.execute(
        database,
        """
        create table if not exists scheduled_tasks (
          task_name varchar(250) not null, task_instance varchar(250) not null, task_data blob,
          execution_time timestamp(6) with time zone not null, picked boolean not null,
          picked_by varchar(50), last_success timestamp(6) with time zone,
          last_failure timestamp(6) with time zone, consecutive_failures int,
          last_heartbeat timestamp(6) with time zone, version bigint not null,
          state varchar(50), priority smallint,
          primary key (task_name, task_instance))
        """,
        "create index if not exists by_time on scheduled_tasks (execution_time)",
        "create index if not exists by_heartbeat on scheduled_tasks (last_heartbeat)");
    client = SchedulerClient.Builder.create(database, task).build();
  }

  private void take(String json) {
    Meter counting = meter.get();
    if (counting != null) {
      counting.call(Job.parse(json.getBytes(UTF_8)).numbers().size());
    }
  }

  @Override
  public void submit(Job job) {
    client.scheduleIfNotExists(
        task.instance(UUID.randomUUID().toString(), new String(job.json(), UTF_8)), Instant.now());
  }

  @Override
  public Running consume(Meter counting) {
    meter.set(counting);
    Scheduler scheduler = Scheduler.create(database, task)
        .threads(THREADS)
        .pollingInterval(Duration.ofMillis(100))
        .pollUsingFetch(0.5, 4.0)
        .build();
    scheduler.start();
    return scheduler::stop;
  }

  @Override
  public void close() {
    database.dispose();
  }
}
