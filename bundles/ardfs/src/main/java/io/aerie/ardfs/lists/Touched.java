package io.aerie.ardfs.lists;

import io.aerie.base.NodeId;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The objects that a command may have changed in somebody's eyes; sorted, so that all nodes tell
 * alike.
 */
public final class Touched {
  public final Set<NodeId> nodes = new TreeSet<>();
  public final Set<UUID> disks = new TreeSet<>();
  public final Set<Long> pools = new TreeSet<>();
  public final Set<Long> volumes = new TreeSet<>();
  public final Set<Long> snapshots = new TreeSet<>();
  public final Set<UUID> jobs = new TreeSet<>();

  /** Their groups' health may be another. */
  public final Set<GroupClass> classes = new TreeSet<>();
}
