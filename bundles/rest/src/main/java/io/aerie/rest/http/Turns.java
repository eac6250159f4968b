package io.aerie.rest.http;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * So many requests are served at a time, and so many of one address. Each holds a thread, and may
 * hold it for as long as its client is slow; the others wait here, without one. A turn that is free
 * goes to the address that has fewest, so that nobody's many requests stand before another's one.
 */
final class Turns {
  private final int allMax;
  private final int perAddressMax;
  private final Map<String, Address> addresses = new HashMap<>();
  private int served;
  private long waitingSoFar;

  Turns(int allMax, int perAddressMax) {
    this.allMax = allMax;
    this.perAddressMax = perAddressMax;
  }

  /**
   * @param address whose request it is
   * @param later how to serve it when it has its turn
   * @return whether it has its turn now; if not, {@code later} is kept for {@link #end}
   */
  synchronized boolean begin(String address, Runnable later) {
    Address of = addresses.computeIfAbsent(address, key -> new Address());
    if (served < allMax && of.served < perAddressMax) {
      of.served++;
      served++;
      return true;
    }
    of.waiting.add(new Waiting(waitingSoFar++, later));
    return false;
  }

  /** A request of the address has had its turn; the answer is whose turn it is now. */
  synchronized Optional<Runnable> end(String address) {
    Address of = addresses.get(address);
    of.served--;
    served--;
    Optional<Address> next =
        addresses.values().stream()
            .filter(each -> !each.waiting.isEmpty() && each.served < perAddressMax)
            .min(Comparator.comparingInt(Address::served).thenComparingLong(Address::first));
    Optional<Runnable> first = next.map(each -> each.waiting.remove().later());
    next.ifPresent(each -> each.served++);
    served += next.isPresent() ? 1 : 0;
    if (of.served == 0 && of.waiting.isEmpty()) {
      addresses.remove(address);
    }
    return first;
  }

  /**
   * Which addresses have more than an equal share of the turns while another waits that has less,
   * and how many more. With more addresses than turns nobody has a share.
   */
  synchronized Map<String, Integer> beyondShare() {
    int share = allMax / Math.max(1, addresses.size());
    boolean isShort =
        addresses.values().stream()
            .anyMatch(each -> !each.waiting.isEmpty() && each.served < Math.max(1, share));
    Map<String, Integer> beyond = new HashMap<>();
    if (served == allMax && isShort) {
      addresses.forEach(
          (address, each) -> {
            if (each.served > share) {
              beyond.put(address, each.served - share);
            }
          });
    }
    return beyond;
  }

  private record Waiting(long since, Runnable later) {}

  private static final class Address {
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private int served;

    private int served() {
      return served;
    }

    private long first() {
      return waiting.element().since();
    }
  }
}
