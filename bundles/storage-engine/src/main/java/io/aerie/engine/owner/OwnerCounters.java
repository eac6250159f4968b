package io.aerie.engine.owner;

import io.aerie.engine.node.NodeStatus.Damage;
import io.aerie.engine.rcd.ScrubRecord;

/** What this node did as an owner, in this life. */
public final class OwnerCounters {
  private long blocksCopied;
  private long bytesCopied;
  private long blocksRemoved;
  private ScrubRecord.Counts looked = ScrubRecord.Counts.NONE;

  void copied(long bytes) {
    blocksCopied++;
    bytesCopied += bytes;
  }

  void removed() {
    blocksRemoved++;
  }

  /** A block was looked at. */
  void looked(ScrubRecord.Counts counts) {
    looked = looked.plus(counts);
  }

  public Damage damage() {
    return new Damage(looked.pagesFound(), looked.pagesRepaired(), looked.pagesUnrepairable());
  }

  public long blocksCopied() {
    return blocksCopied;
  }

  public long bytesCopied() {
    return bytesCopied;
  }

  public long blocksRemoved() {
    return blocksRemoved;
  }
}
