package io.aerie.engine.node;

import io.aerie.engine.rcd.RcdCommand;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sees to what must not stay as it is for long. RCD has no clock: who leads its log counts, from
 * when it began to lead, and proposes the remedy.
 *
 * @param <K> what is watched: a disk, a group, a pool
 * @param <S> its state; what has another one is waited for anew
 */
abstract class LeaderWatch<K extends Comparable<K>, S> {
  private record Seen<S>(S state, long sinceNanos) {}

  final NodeContext context;
  private final long periodNanos;
  private final TreeMap<K, Seen<S>> seen = new TreeMap<>();
  private boolean proposing;

  LeaderWatch(NodeContext context, long periodNanos) {
    this.context = context;
    this.periodNanos = periodNanos;
  }

  /** What must not stay as it is, in RCD's copy of this node. */
  abstract SortedMap<K, S> look();

  /** So long it may stay. */
  abstract long patienceNanos();

  /**
   * What changes it, or a part of it: the rest is due again when that is done.
   *
   * @param due not empty: what has stayed for too long
   */
  abstract RcdCommand remedy(SortedMap<K, S> due);

  void start() {
    if (context.rcdLeader()) {
      watch();
    } else {
      seen.clear();
    }
    context.later(periodNanos, this::start);
  }

  private void watch() {
    SortedMap<K, S> states = look();
    seen.keySet().retainAll(states.keySet());
    states.forEach(this::see);
    if (proposing) {
      return;
    }
    long now = context.now();
    states.keySet().removeIf(key -> now - seen.get(key).sinceNanos() < patienceNanos());
    if (!states.isEmpty()) {
      proposing = true;
      context.submit(remedy(states), (answer, failure) -> proposing = false);
    }
  }

  private void see(K key, S state) {
    Seen<S> before = seen.get(key);
    if (before == null || !before.state().equals(state)) {
      seen.put(key, new Seen<>(state, context.now()));
    }
  }
}
