package io.aerie.rest.http;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * So many requests of one address are served at a time. Each holds a thread, and may hold it for as
 * long as its client is slow; the others of that address wait here, without one, in their order.
 */
final class Turns {
  private final int perAddressMax;
  private final Map<String, Address> addresses = new HashMap<>();

  Turns(int perAddressMax) {
    this.perAddressMax = perAddressMax;
  }

  /**
   * @param address whose request it is
   * @param later how to serve it when it has its turn
   * @return whether it has its turn now; if not, {@code later} is kept for {@link #end}
   */
  synchronized boolean begin(String address, Runnable later) {
    Address of = addresses.computeIfAbsent(address, key -> new Address());
    if (of.served < perAddressMax) {
      of.served++;
      return true;
    }
    of.waiting.add(later);
    return false;
  }

  /** A request of the address has had its turn; the answer is whose turn it is now. */
  synchronized Optional<Runnable> end(String address) {
    Address of = addresses.get(address);
    Runnable next = of.waiting.poll();
    if (next == null && --of.served == 0) {
      addresses.remove(address);
    }
    return Optional.ofNullable(next);
  }

  private static final class Address {
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int served;
  }
}
