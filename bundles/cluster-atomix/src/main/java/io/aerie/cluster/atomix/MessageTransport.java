package io.aerie.cluster.atomix;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.messages.Messages.Handler;
import io.atomix.cluster.messaging.MessagingException;
import io.atomix.cluster.messaging.MessagingService;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Requests and answers over Atomix' messaging, with our errors and a time limit for everything,
 * connecting included. Handlers and answers run on Netty's threads: they must not block.
 */
public final class MessageTransport {
  private static final Logger log = LoggerFactory.getLogger(MessageTransport.class);

  /** Prefix of Atomix' message types, which are one name space with its own. */
  private static final String TYPE = "aerie:";

  /**
   * Unanswered requests to one member. Answers come within milliseconds; this many wait only for a
   * member that is frozen, and then more of them would only fill memory.
   */
  private static final int OUTSTANDING_MAX = 1024;

  private final MessagingService messaging;
  private final KnownMembers known;
  private final NodeId self;
  private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
  private final Map<NodeId, AtomicInteger> outstanding = new ConcurrentHashMap<>();

  MessageTransport(MessagingService messaging, KnownMembers known, NodeId self) {
    this.messaging = messaging;
    this.known = known;
    this.self = self;
  }

  public NodeId self() {
    return self;
  }

  /** As {@link io.aerie.cluster.messages.Messages#request}, with no limit of size. */
  public CompletableFuture<byte[]> request(
      NodeId to, String subject, byte[] body, Duration timeout) {
    if (to.equals(self)) {
      return answerLocally(subject, body, timeout);
    }
    Member member = known.find(to).orElse(null);
    if (member == null) {
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.UNAVAILABLE, "No member is called " + to));
    }
    AtomicInteger waiting = outstanding.computeIfAbsent(to, id -> new AtomicInteger());
    if (waiting.incrementAndGet() > OUTSTANDING_MAX) {
      waiting.decrementAndGet();
      return CompletableFuture.failedFuture(
          new AerieException(
              ErrorCode.UNAVAILABLE,
              to + " has " + OUTSTANDING_MAX + " unanswered requests from " + self,
              "It answers too slowly, or not at all.",
              ""));
    }
    return messaging
        .sendAndReceive(
            KnownMembersDiscovery.address(member),
            TYPE + subject,
            MessageWire.request(self, body),
            timeout)
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (answer, error) -> {
              waiting.decrementAndGet();
              if (error != null) {
                throw failure(to, subject, timeout, error);
              }
              return MessageWire.readAnswer(answer);
            });
  }

  private CompletableFuture<byte[]> answerLocally(String subject, byte[] body, Duration timeout) {
    Handler handler = handlers.get(subject);
    if (handler == null) {
      return CompletableFuture.failedFuture(noHandler(self, subject));
    }
    return call(handler, self, body)
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (answer, error) -> {
              if (error != null) {
                throw failure(self, subject, timeout, error);
              }
              return answer;
            });
  }

  /** As {@link io.aerie.cluster.messages.Messages#handle}. */
  public Subscription handle(String subject, Handler handler) {
    if (handlers.putIfAbsent(subject, handler) != null) {
      throw new IllegalStateException("there is a handler for " + subject + " already");
    }
    messaging.registerHandler(
        TYPE + subject, (address, message) -> answer(subject, handler, message));
    return () -> {
      if (handlers.remove(subject, handler)) {
        messaging.unregisterHandler(TYPE + subject);
      }
    };
  }

  private CompletableFuture<byte[]> answer(String subject, Handler handler, byte[] message) {
    MessageWire.Request request;
    try {
      request = MessageWire.readRequest(message);
    } catch (AerieException e) {
      return CompletableFuture.completedFuture(MessageWire.error(e));
    }
    if (known.isRemoved(request.from)) {
      // over a connection from before: a new one ends at its certificate
      return CompletableFuture.completedFuture(
          MessageWire.error(
              new AerieException(
                  ErrorCode.FORBIDDEN, request.from + " was removed from the cluster")));
    }
    return call(handler, request.from, request.body)
        .handle(
            (body, error) -> {
              if (error == null) {
                return MessageWire.answer(body);
              }
              Throwable cause = Causes.of(error);
              if (cause instanceof AerieException known) {
                return MessageWire.error(known);
              }
              log.warn("The handler of {} failed", subject, cause);
              return MessageWire.error(
                  new AerieException(
                      ErrorCode.INTERNAL,
                      "The handler of " + subject + " failed",
                      cause.toString(),
                      ""));
            });
  }

  private static CompletableFuture<byte[]> call(Handler handler, NodeId from, byte[] body) {
    try {
      return handler.handle(from, body);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static AerieException failure(
      NodeId to, String subject, Duration timeout, Throwable error) {
    Throwable cause = Causes.of(error);
    if (cause instanceof AerieException known) {
      return known;
    }
    if (cause instanceof TimeoutException) {
      return new AerieException(
          ErrorCode.TIMED_OUT,
          to + " did not answer " + subject + " within " + timeout.toMillis() + " ms",
          "It may have been carried out.",
          "",
          cause);
    }
    if (cause instanceof MessagingException.NoRemoteHandler) {
      return noHandler(to, subject);
    }
    return new AerieException(
        ErrorCode.UNAVAILABLE, to + " can't be reached", cause.toString(), "", cause);
  }

  private static AerieException noHandler(NodeId to, String subject) {
    return new AerieException(
        ErrorCode.UNAVAILABLE,
        to + " does not answer " + subject,
        "That part of it isn't running.",
        "");
  }
}
