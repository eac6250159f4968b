package io.aerie.cluster.testing;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.messages.Messages;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * {@link Messages} between nodes of one JVM. Fault model: a request to a node without a handler of
 * the subject fails with UNAVAILABLE at once; nothing is lost, delayed or reordered otherwise. Each
 * request runs on a thread of the common pool, as over a real network never on the caller's.
 */
public final class TestNetwork {
  private record Address(NodeId node, String subject) {}

  private final Map<Address, Messages.Handler> handlers = new ConcurrentHashMap<>();

  /** The messages as one node sees them. */
  public Messages of(NodeId self) {
    return new Messages() {
      @Override
      public CompletableFuture<byte[]> request(
          NodeId to, String subject, byte[] body, Duration timeout) {
        return deliver(self, new Address(to, subject), body.clone())
            .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
            .exceptionally(TestNetwork::rethrow);
      }

      @Override
      public Subscription handle(String subject, Handler handler) {
        Address address = new Address(self, subject);
        if (handlers.putIfAbsent(address, handler) != null) {
          throw new IllegalStateException("two handlers for " + address);
        }
        return () -> handlers.remove(address, handler);
      }
    };
  }

  private CompletableFuture<byte[]> deliver(NodeId from, Address to, byte[] body) {
    return CompletableFuture.completedFuture(body)
        .thenComposeAsync(
            request -> {
              Messages.Handler handler = handlers.get(to);
              if (handler == null) {
                throw new AerieException(ErrorCode.UNAVAILABLE, "no answer from " + to);
              }
              return handler.handle(from, request);
            });
  }

  private static byte[] rethrow(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof AerieException known) {
      throw known;
    }
    if (cause instanceof java.util.concurrent.TimeoutException) {
      throw new AerieException(ErrorCode.TIMED_OUT, "no answer in time", "", "", cause);
    }
    throw new CompletionException(cause);
  }
}
