package io.aerie.cluster.messages;

import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Requests and answers between members over mutual TLS. At most 1 MiB each. */
public interface Messages {
  /**
   * Sends a request. The future fails with {@link io.aerie.base.AerieException} TIMED_OUT when no
   * answer came in time, UNAVAILABLE when the member can't be reached or handles no such subject,
   * else with the handler's own error. A failed request may have been carried out.
   */
  CompletableFuture<byte[]> request(NodeId to, String subject, byte[] body, Duration timeout);

  /** Answers requests of a subject on this node; at most one handler a subject. */
  Subscription handle(String subject, Handler handler);

  /** Answers one request. Never blocks. */
  @FunctionalInterface
  interface Handler {
    CompletableFuture<byte[]> handle(NodeId from, byte[] body);
  }
}
