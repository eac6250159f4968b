package io.aerie.engine.node;

import java.util.List;
import java.util.UUID;

/**
 * A moment of a node.
 *
 * @param leaseValid whether it may serve reads as an owner now
 * @param ownedVolumes volumes it owns
 * @param settlingVolumes of those, how many are not yet served everywhere
 * @param blocksCopied blocks that this node as owner copied to returning members, in this life
 * @param bytesCopied their data
 * @param blocksRemoved blocks that it removed from returning members
 * @param resynchronisations those that it drives now
 */
public record NodeStatus(
    boolean leaseValid,
    int ownedVolumes,
    int settlingVolumes,
    long blocksCopied,
    long bytesCopied,
    long blocksRemoved,
    List<Resynchronisation> resynchronisations) {
  public NodeStatus {
    resynchronisations = List.copyOf(resynchronisations);
  }

  /**
   * One volume's part in bringing a disk back.
   *
   * @param blocksLeft blocks that differ; -1 while not compared
   */
  public record Resynchronisation(long volume, long group, UUID disk, int blocksLeft) {}
}
