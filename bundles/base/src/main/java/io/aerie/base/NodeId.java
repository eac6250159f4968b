package io.aerie.base;

/**
 * The name of a node, unique in its cluster and stable over its life: {@code n1}.
 *
 * @param value a name as {@link Names} has it
 */
public record NodeId(String value) implements Comparable<NodeId> {
  public NodeId {
    Names.check("node", value);
  }

  @Override
  public int compareTo(NodeId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
