package io.aerie.cluster.atomix;

import io.atomix.cluster.messaging.MessagingService;
import io.atomix.utils.net.Address;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/**
 * Gives every request a time limit. Without one, Atomix waits up to 5 s for an answer and, before
 * that, for a connection: the heartbeat protocol, which names no limit, would notice a frozen
 * member after that long only.
 */
final class TimedMessaging implements MessagingService {
  private final MessagingService messaging;
  private final Duration limit;

  TimedMessaging(MessagingService messaging, Duration limit) {
    this.messaging = messaging;
    this.limit = limit;
  }

  @Override
  public Address address() {
    return messaging.address();
  }

  @Override
  public CompletableFuture<Void> sendAsync(
      Address address, String type, byte[] payload, boolean keepAlive) {
    return messaging.sendAsync(address, type, payload, keepAlive);
  }

  @Override
  public CompletableFuture<byte[]> sendAndReceive(
      Address address, String type, byte[] payload, boolean keepAlive) {
    return sendAndReceive(address, type, payload, keepAlive, limit, Runnable::run);
  }

  @Override
  public CompletableFuture<byte[]> sendAndReceive(
      Address address, String type, byte[] payload, boolean keepAlive, Executor executor) {
    return sendAndReceive(address, type, payload, keepAlive, limit, executor);
  }

  @Override
  public CompletableFuture<byte[]> sendAndReceive(
      Address address, String type, byte[] payload, boolean keepAlive, Duration timeout) {
    return sendAndReceive(address, type, payload, keepAlive, timeout, Runnable::run);
  }

  /** One limit for all: for opening a connection and for the answer. */
  @Override
  public CompletableFuture<byte[]> sendAndReceive(
      Address address,
      String type,
      byte[] payload,
      boolean keepAlive,
      Duration timeout,
      Executor executor) {
    return messaging
        .sendAndReceive(address, type, payload, keepAlive, timeout, executor)
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void registerHandler(String type, BiConsumer<Address, byte[]> handler, Executor executor) {
    messaging.registerHandler(type, handler, executor);
  }

  @Override
  public void registerHandler(
      String type, BiFunction<Address, byte[], byte[]> handler, Executor executor) {
    messaging.registerHandler(type, handler, executor);
  }

  @Override
  public void registerHandler(
      String type, BiFunction<Address, byte[], CompletableFuture<byte[]>> handler) {
    messaging.registerHandler(type, handler);
  }

  @Override
  public void unregisterHandler(String type) {
    messaging.unregisterHandler(type);
  }
}
