package io.aerie.engine.owner;

/** What this node did as an owner, in this life. */
public final class OwnerCounters {
  private long blocksCopied;
  private long bytesCopied;
  private long blocksRemoved;

  void copied(long bytes) {
    blocksCopied++;
    bytesCopied += bytes;
  }

  void removed() {
    blocksRemoved++;
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
