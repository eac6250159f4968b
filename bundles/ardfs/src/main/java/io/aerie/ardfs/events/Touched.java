package io.aerie.ardfs.events;

import io.aerie.base.NodeId;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The objects that a command may have changed in somebody's eyes; sorted, so that all nodes tell
 * alike.
 */
final class Touched {
  final Set<NodeId> nodes = new TreeSet<>();
  final Set<UUID> disks = new TreeSet<>();
  final Set<Long> pools = new TreeSet<>();
  final Set<Long> volumes = new TreeSet<>();
  final Set<UUID> jobs = new TreeSet<>();

  /** Their groups' health may be another. */
  final Set<GroupClass> classes = new TreeSet<>();
}
