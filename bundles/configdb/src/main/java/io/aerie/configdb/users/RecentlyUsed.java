package io.aerie.configdb.users;

import java.util.LinkedHashMap;
import java.util.Map;

/** Remembers a bounded number of entries; the least recently used is forgotten. */
final class RecentlyUsed<V> extends LinkedHashMap<String, V> {
  private static final long serialVersionUID = 1L;

  /** About 200 bytes each. */
  static final int ENTRIES_MAX = 10_000;

  RecentlyUsed() {
    super(16, 0.75f, true);
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
    return size() > ENTRIES_MAX;
  }
}
