package io.aerie.cluster.atomix;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.messages.Messages;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Messages for the rest of the product: the transport, the contract's limit of size, and answers
 * handed over on threads of our own, so that what a caller does with one can't stop Netty's loops.
 */
final class AtomixMessages implements Messages {
  /** The contract's limit: larger things are data and take the data path. */
  static final int BODY_MAX = 1 << 20;

  private final MessageTransport transport;
  private final Executor executor;

  AtomixMessages(MessageTransport transport, Executor executor) {
    this.transport = transport;
    this.executor = executor;
  }

  @Override
  public CompletableFuture<byte[]> request(
      NodeId to, String subject, byte[] body, Duration timeout) {
    if (body.length > BODY_MAX) {
      return CompletableFuture.failedFuture(tooLarge("A request of " + subject, body.length));
    }
    CompletableFuture<byte[]> result = new CompletableFuture<>();
    CompletableFuture<byte[]> unused =
        transport
            .request(to, subject, body, timeout)
            .whenCompleteAsync(
                (answer, error) -> {
                  if (error == null) {
                    result.complete(answer);
                  } else {
                    result.completeExceptionally(Causes.of(error));
                  }
                },
                executor);
    return result;
  }

  @Override
  public Subscription handle(String subject, Handler handler) {
    return transport.handle(
        subject,
        (from, body) -> {
          if (body.length > BODY_MAX) {
            throw tooLarge("A request of " + subject, body.length);
          }
          return handler
              .handle(from, body)
              .thenApply(
                  answer -> {
                    if (answer.length > BODY_MAX) {
                      throw tooLarge("The answer to " + subject, answer.length);
                    }
                    return answer;
                  });
        });
  }

  private static AerieException tooLarge(String what, int size) {
    return new AerieException(
        ErrorCode.TOO_LARGE,
        what + " has " + size + " bytes",
        "At most " + BODY_MAX + " are carried.",
        "");
  }
}
