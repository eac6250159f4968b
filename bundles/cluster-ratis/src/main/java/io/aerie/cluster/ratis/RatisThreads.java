package io.aerie.cluster.ratis;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.RaftServer;

/**
 * The provider's own threads. Their context class loader is the library bundle's: Ratis finds its
 * classes by name through it at its first touch, and all threads that Ratis starts inherit it.
 */
final class RatisThreads {
  /** Opening may block one of them for a second while others route and time out. */
  private static final int THREADS = 3;

  /** A receiver that blocks holds up the others of its log only when as many do. */
  private static final int ANSWER_THREADS = 4;

  private static final long IDLE_SECONDS = 60;

  private RatisThreads() {}

  /**
   * Threads that bring answers to who waits for them. Ratis 3.3.0 completes its futures under its
   * locks: a linearizable read under that of ReadIndexHeartbeats. A receiver that sent the next
   * request from there waited for a thread that waited for this lock, and the whole replica stood
   * still for good.
   */
  static ExecutorService answers() {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            ANSWER_THREADS,
            ANSWER_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            factory("aerie-log-answer-"));
    executor.allowCoreThreadTimeOut(true);
    return executor;
  }

  private static ThreadFactory factory(String prefix) {
    ThreadFactory plain = Executors.defaultThreadFactory();
    return task -> {
      Thread thread = plain.newThread(task);
      thread.setName(prefix + thread.getId());
      thread.setDaemon(true);
      thread.setContextClassLoader(RaftServer.class.getClassLoader());
      return thread;
    };
  }

  static ScheduledExecutorService start() {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(THREADS, factory("aerie-log-"));
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return executor;
  }
}
