package io.aerie.base;

/**
 * Something that goes on until it is closed: a watch, a listener, a handler. Closing twice is
 * harmless.
 */
@FunctionalInterface
public interface Subscription extends AutoCloseable {
  @Override
  void close();
}
