package io.aerie.cluster.ratis;

import io.aerie.cluster.log.AnswerThreads;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import org.apache.ratis.server.RaftServer;

/**
 * The provider's own threads. Their context class loader is the library bundle's: Ratis finds its
 * classes by name through it at its first touch, and all threads that Ratis starts inherit it.
 */
final class RatisThreads {
  /** Opening may block one of them for a second while others route and time out. */
  private static final int THREADS = 3;

  private RatisThreads() {}

  /** For answers, see {@link AnswerThreads}: a read's are completed under a lock of its leader. */
  static AnswerThreads answers() {
    return new AnswerThreads("aerie-log-answer-", RaftServer.class.getClassLoader());
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
