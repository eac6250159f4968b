package io.aerie.cluster.ratis;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.messages.Messages;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The messages between members, while somebody carries them. Logs need them only to take members in
 * and out: when their carrier is swapped by an update, logs go on.
 */
final class PresentMessages implements Messages {
  private final Map<String, Handler> handlers = new LinkedHashMap<>();
  private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();
  private Messages carrier;

  synchronized void use(Messages messages) {
    dropSubscriptions();
    carrier = messages;
    handlers.forEach(
        (subject, handler) -> subscriptions.put(subject, carrier.handle(subject, handler)));
  }

  synchronized void lose(Messages messages) {
    if (carrier == messages) {
      dropSubscriptions();
      carrier = null;
    }
  }

  private void dropSubscriptions() {
    subscriptions.values().forEach(Subscription::close);
    subscriptions.clear();
  }

  @Override
  public CompletableFuture<byte[]> request(
      NodeId to, String subject, byte[] body, Duration timeout) {
    Messages present;
    synchronized (this) {
      present = carrier;
    }
    return present == null
        ? CompletableFuture.failedFuture(
            new AerieException(ErrorCode.UNAVAILABLE, "messages to " + to + " are not carried"))
        : present.request(to, subject, body, timeout);
  }

  @Override
  public synchronized Subscription handle(String subject, Handler handler) {
    handlers.put(subject, handler);
    if (carrier != null) {
      subscriptions.put(subject, carrier.handle(subject, handler));
    }
    return () -> forget(subject);
  }

  private synchronized void forget(String subject) {
    handlers.remove(subject);
    Subscription subscription = subscriptions.remove(subject);
    if (subscription != null) {
      subscription.close();
    }
  }
}
