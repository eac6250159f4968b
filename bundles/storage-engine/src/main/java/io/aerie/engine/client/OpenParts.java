package io.aerie.engine.client;

import java.util.List;
import java.util.TreeMap;

/** A session's parts on their way, by number, and what they take of the node's memory. */
final class OpenParts {
  /** Far below what an owner accepts. */
  private static final int PARTS_MAX = 256;

  private final TreeMap<Long, ClientPart> parts = new TreeMap<>();
  private final PartBudget budget;
  private long bytes;

  OpenParts(PartBudget budget) {
    this.budget = budget;
  }

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /** Whether one more may be opened: one always may, and further ones within the node's budget. */
  boolean hasRoom() {
    return parts.isEmpty() || (parts.size() < PARTS_MAX && bytes < budget.shareBytes());
  }

  long lowest() {
    return parts.firstKey();
  }

  /** Null when there is none of that number. */
  ClientPart get(long number) {
    return parts.get(number);
  }

  /** As they are now: what is done with one may end others. */
  List<ClientPart> all() {
    return List.copyOf(parts.values());
  }

  void add(ClientPart part) {
    parts.put(part.number, part);
    count(part.memoryBytes());
  }

  void remove(ClientPart part) {
    if (parts.remove(part.number) != null) {
      count(-part.memoryBytes());
    }
  }

  private void count(long more) {
    boolean had = bytes > 0;
    bytes += more;
    if (!had && bytes > 0) {
      budget.enter();
    } else if (had && bytes == 0) {
      budget.leave();
    }
  }

  void removeOf(ClientOperation operation) {
    all().stream().filter(part -> part.operation == operation).forEach(this::remove);
  }

  void clear() {
    all().forEach(this::remove);
  }
}
