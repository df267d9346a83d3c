// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.JobScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.sql.h2.H2StorageProvider;
import org.jobrunr.utils.mapper.jackson.JacksonJsonMapper;
import org.jspecify.annotations.Nullable;

/**
 * JobRunr on an embedded H2: one background job a job, sixteen workers, a poll every five seconds,
 * the shortest interval that it allows for a database.
 */
final class JobRunrSubject implements Subject {
  private static final int WORKERS = 16;
  private static final AtomicReference<@Nullable Meter> METER = new AtomicReference<>();

  private final JdbcConnectionPool database;
  private final StorageProvider storage;
  private final JobScheduler scheduler;

  JobRunrSubject(Place place) {
    database = H2.open(place, WORKERS + 8);
    storage = new H2StorageProvider(database);
    storage.setJobMapper(new JobMapper(new JacksonJsonMapper()));
    scheduler = new JobScheduler(storage);
  }

  /** What a background job runs. JobRunr calls public methods of public classes only. */
  public static final class Background {
    private Background() {}

    /** Reads a job and counts it. */
    public static void take(String json) {
      Meter counting = METER.get();
      if (counting != null) {
        counting.call(Job.parse(json.getBytes(UTF_8)).numbers().size());
      }
    }
  }

  @Override
  public void submit(Job job) {
    String json = new String(job.json(), UTF_8);
    scheduler.enqueue(() -> Background.take(json));
  }

  @Override
  public Running consume(Meter counting) {
    METER.set(counting);
    BackgroundJobServer server = new BackgroundJobServer(
        storage,
        new JacksonJsonMapper(),
        null,
        BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
            .andWorkerCount(WORKERS)
            .andPollInterval(Duration.ofSeconds(5)));
    server.start();
    return server::stop;
  }

  @Override
  public void close() {
    JobRunr.destroy();
    storage.close();
    database.dispose();
  }
}
