package io.aerie.ardfs.lists;

import io.aerie.engine.rcd.GroupRecord;

/** Sums over groups, kept by what is added and taken away. */
final class Health {
  private int total;
  private int inSync;
  private int frozen;

  void add(GroupRecord group, int sign) {
    total += sign;
    inSync += group.whole() ? sign : 0;
    frozen += group.frozen() ? sign : 0;
  }

  int total() {
    return total;
  }

  int inSync() {
    return inSync;
  }

  int frozen() {
    return frozen;
  }

  /** By the worst of them, as lists show it. */
  String state() {
    if (frozen > 0) {
      return "frozen";
    }
    return inSync == total ? "healthy" : "degraded";
  }
}
