package io.aerie.engine.rcd;

import java.util.Collections;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Which values belong to a key. Both are sorted, so that every replica iterates alike. */
final class SetIndex<K extends Comparable<? super K>, V extends Comparable<? super V>> {
  private final TreeMap<K, TreeSet<V>> sets = new TreeMap<>();

  void add(K key, V value) {
    sets.computeIfAbsent(key, k -> new TreeSet<>()).add(value);
  }

  void remove(K key, V value) {
    TreeSet<V> of = sets.get(key);
    if (of != null) {
      of.remove(value);
      if (of.isEmpty()) {
        sets.remove(key);
      }
    }
  }

  void put(K key, V value, boolean present) {
    if (present) {
      add(key, value);
    } else {
      remove(key, value);
    }
  }

  /** Live: who changes records while going through it goes through a copy. */
  SortedSet<V> of(K key) {
    TreeSet<V> of = sets.get(key);
    return of == null ? Collections.emptySortedSet() : Collections.unmodifiableSortedSet(of);
  }

  /** Keys that have values; live. */
  Set<K> keys() {
    return Collections.unmodifiableSet(sets.keySet());
  }
}
