package io.aerie.cluster.log;

import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads that bring a log's answers to who waits for them. Engines complete their futures on
 * threads, or under locks, that their next request needs: a receiver that sends it from there and
 * waits would wait for itself.
 */
public final class AnswerThreads implements AutoCloseable {
  private static final int THREADS = 4;
  private static final long IDLE_SECONDS = 10;

  private final ThreadPoolExecutor executor;

  /**
   * @param name of the threads, before their number
   * @param context the threads' context class loader
   */
  public AnswerThreads(String name, ClassLoader context) {
    ThreadFactory plain = Executors.defaultThreadFactory();
    ThreadFactory named =
        task -> {
          Thread thread = plain.newThread(task);
          thread.setName(name + thread.getId());
          thread.setDaemon(true);
          thread.setContextClassLoader(context);
          return thread;
        };
    executor =
        new ThreadPoolExecutor(
            THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named);
    executor.allowCoreThreadTimeOut(true);
  }

  /**
   * Completes something on one of the threads; here when they have ended: nobody waits for ever.
   */
  public void handOver(Runnable completion) {
    try {
      executor.execute(completion);
    } catch (RejectedExecutionException e) {
      completion.run();
    }
  }

  /** Ends when all that was handed over is done; doesn't wait. */
  @Override
  public void close() {
    executor.shutdown();
  }
}
