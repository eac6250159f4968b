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
 * @param damage what members' disks were found to have lost, in this life of the owner
 * @param resynchronisations those that it drives now
 * @param quarantined what its disks hold of volumes that RCD neither has nor deleted
 */
public record NodeStatus(
    boolean leaseValid,
    int ownedVolumes,
    int settlingVolumes,
    long blocksCopied,
    long bytesCopied,
    long blocksRemoved,
    Damage damage,
    List<Resynchronisation> resynchronisations,
    List<Quarantined> quarantined) {
  public NodeStatus {
    resynchronisations = List.copyOf(resynchronisations);
    quarantined = List.copyOf(quarantined);
  }

  /**
   * Pages whose content was not what it is to be.
   *
   * @param pagesFound by reads and by looking
   * @param pagesRepaired written anew from what was right
   * @param pagesUnrepairable nothing was right: reads of them fail with CORRUPT
   */
  public record Damage(long pagesFound, long pagesRepaired, long pagesUnrepairable) {}

  /**
   * Kept, because nobody said that it may go.
   *
   * @param blocks of the volume on that disk
   * @param bytes of slots that they take
   */
  public record Quarantined(UUID disk, long volume, int blocks, long bytes) {}

  /**
   * One volume's part in bringing a disk back.
   *
   * @param blocksLeft blocks that differ; -1 while not compared
   */
  public record Resynchronisation(long volume, long group, UUID disk, int blocksLeft) {}
}
