// SPDX-License-Identifier: Apache-2.0
package io.github.smsqueue.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Feeds one reader with {@linkplain Mutator damaged} seeds and holds each input to its check, to a limit
 * of allocation and to an end. Not thread-safe.
 *
 * <p>A normal build has the same few thousand inputs each time. {@code -Dfuzz.inputs=1000000} has as
 * many, and fresh ones; a failure tells with which {@code -Dfuzz.seed} and {@code -Dfuzz.first} its input
 * comes back as the first.
 */
public final class Fuzz {
  private static final int FEW = 1_000;
  private static final long SAME = 4711;
  private static final long MOST_BYTES = 64L << 20;

  /** Processor time, so that a busy machine makes no difference; a waiting thread uses none. */
  private static final Duration LONGEST_WORK = Duration.ofSeconds(20);

  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
  private static final int MOST_SHOWN = 2_000;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final String name;
  private final List<byte[]> seeds = new ArrayList<>();

  private Fuzz(String name) {
    this.name = name;
  }

  /** What must hold for an input. */
  @FunctionalInterface
  public interface Check {
    /** Throws whatever it wants when it does not hold. */
    void on(Input input) throws Exception;
  }

  /** A reader that is to be fed. */
  public static Fuzz of(String name) {
    return new Fuzz(name);
  }

  /** Adds inputs that the reader takes. */
  public Fuzz seeds(String... texts) {
    for (String text : texts) {
      seeds.add(text.getBytes(StandardCharsets.UTF_8));
    }
    return this;
  }

  /** Adds an input that the reader takes. */
  public Fuzz seed(byte[] bytes) {
    seeds.add(bytes);
    return this;
  }

  /** Feeds the reader until the inputs are used up or one of them fails. */
  public void run(Check check) {
    boolean many = System.getProperty("fuzz.inputs") != null;
    Run run = new Run(check, Long.getLong("fuzz.seed", many ? System.nanoTime() : SAME));
    Thread thread = new Thread(run, "fuzz-" + name);
    thread.setDaemon(true);
    long began = System.nanoTime();
    thread.start();
    watch(thread, run);
    if (run.failure != null) {
      throw new AssertionError(run.describe("fails: " + run.failure), run.failure);
    }
    if (many) {
      System.out.printf(
          "%-24s %,d inputs in %.1f s, seed %d, at most %.1f MB (input %d)%n",
          name,
          run.end - run.first,
          (System.nanoTime() - began) / 1e9,
          run.seed,
          run.mostBytes / 1e6,
          run.mostBytesAt);
    }
  }

  private void watch(Thread thread, Run run) {
    long seen = -1;
    long work = 0;
    long since = 0;
    while (thread.isAlive()) {
      try {
        thread.join(50);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      long now = run.index;
      long cpu = THREADS.getThreadCpuTime(thread.getId());
      if (now != seen) {
        seen = now;
        work = cpu;
        since = System.nanoTime();
      } else if (cpu - work > LONGEST_WORK.toNanos()
          || System.nanoTime() - since > LONGEST_WAIT.toNanos()) {
        AssertionError stuck = new AssertionError(run.describe("has used %d ms and does not end"
            .formatted(TimeUnit.NANOSECONDS.toMillis(cpu - work))));
        stuck.setStackTrace(thread.getStackTrace());
        throw stuck;
      }
    }
  }

  /** One input of many. */
  public static final class Input {
    private final byte[] bytes;
    private final SplittableRandom choices;
    private long allocated = -1;

    private Input(byte[] bytes, SplittableRandom choices) {
      this.bytes = bytes;
      this.choices = choices;
    }

    /** The input; the caller may keep it. */
    public byte[] bytes() {
      return bytes;
    }

    /** The input as a text that may have any character, halves of surrogate pairs included. */
    public String text() {
      String text = new String(bytes, StandardCharsets.UTF_8);
      if (text.indexOf('\uFFFD') < 0) {
        return text;
      }
      StringBuilder any = new StringBuilder(text);
      for (int i = 0; i < any.length(); i++) {
        if (any.charAt(i) == '\uFFFD') {
          any.setCharAt(i, pick('\uD83D', '\uDE00', '\uFFFD', (char) choices.nextInt(0x10000)));
        }
      }
      return any.toString();
    }

    /** One of some values. */
    @SafeVarargs
    public final <T> T pick(T... values) {
      return values[choices.nextInt(values.length)];
    }

    /** A number below a bound. */
    public int below(int bound) {
      return choices.nextInt(bound);
    }

    /** What is to be measured; the check around it is not. */
    public <T> T measured(Step<T> step) throws Exception {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      try {
        return step.call();
      } finally {
        long bytesNow = THREADS.getCurrentThreadAllocatedBytes() - before;
        allocated = Math.max(allocated, 0) + bytesNow;
      }
    }
  }

  /** A step that may fail. */
  @FunctionalInterface
  public interface Step<T> {
    /** Does it. */
    T call() throws Exception;
  }

  private final class Run implements Runnable {
    private final Check check;
    private final long seed;
    private final long first = Long.getLong("fuzz.first", 0);
    private final long end = first + Long.getLong("fuzz.inputs", FEW);
    private final Mutator mutator = new Mutator(seeds);
    private volatile long index = first;
    private volatile Throwable failure;
    private long mostBytes;
    private long mostBytesAt;

    Run(Check check, long seed) {
      this.check = check;
      this.seed = seed;
    }

    @Override
    public void run() {
      try {
        for (; index < end; index++) {
          Input input = input(index);
          check.on(input);
          if (input.allocated > mostBytes) {
            mostBytes = input.allocated;
            mostBytesAt = index;
          }
          if (input.allocated > MOST_BYTES) {
            throw new AssertionError("allocates " + (input.allocated >> 20) + " MB");
          }
        }
      } catch (Throwable e) {
        failure = e;
      }
    }

    /** Each input has its own randomness, so that any of them can be had without the others. */
    private Input input(long at) {
      SplittableRandom random = new SplittableRandom(seed * 0x9E3779B97F4A7C15L + at);
      byte[] bytes = at < seeds.size() ? seeds.get((int) at).clone() : mutator.input(random);
      return new Input(bytes, random);
    }

    String describe(String problem) {
      byte[] bytes = input(index).bytes;
      byte[] shown = Arrays.copyOf(bytes, Math.min(bytes.length, MOST_SHOWN));
      return "%s: input %d %s%n-Dfuzz.seed=%d -Dfuzz.first=%d -Dfuzz.inputs=1 repeats it; %d bytes: %s%nBase64: %s"
          .formatted(
              name,
              index,
              problem,
              seed,
              index,
              bytes.length,
              new String(shown, StandardCharsets.UTF_8),
              Base64.getEncoder().encodeToString(shown));
    }
  }
}
