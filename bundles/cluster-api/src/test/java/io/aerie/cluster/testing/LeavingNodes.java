package io.aerie.cluster.testing;

import io.aerie.base.NodeId;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Nodes that are being removed, as all nodes of a test know; counts how often one was found. */
public final class LeavingNodes extends AbstractSet<NodeId> {
  private final Set<NodeId> nodes = ConcurrentHashMap.newKeySet();
  private final AtomicLong refusals = new AtomicLong();

  @Override
  public boolean add(NodeId node) {
    return nodes.add(node);
  }

  @Override
  public boolean contains(Object node) {
    boolean found = nodes.contains(node);
    if (found) {
      refusals.incrementAndGet();
    }
    return found;
  }

  /** How often somebody asked for one of them, and found it. */
  public long refusals() {
    return refusals.get();
  }

  @Override
  public void clear() {
    nodes.clear();
  }

  @Override
  public Iterator<NodeId> iterator() {
    return nodes.iterator();
  }

  @Override
  public int size() {
    return nodes.size();
  }
}
