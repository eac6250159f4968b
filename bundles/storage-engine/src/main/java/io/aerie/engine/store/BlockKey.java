package io.aerie.engine.store;

/**
 * A block of 4 MiB.
 *
 * @param layer number of the layer, never reused
 * @param index the block's place in the layer, offset / 4 MiB
 */
public record BlockKey(long layer, int index) implements Comparable<BlockKey> {
  @Override
  public int compareTo(BlockKey other) {
    int byLayer = Long.compare(layer, other.layer);
    return byLayer != 0 ? byLayer : Integer.compare(index, other.index);
  }
}
