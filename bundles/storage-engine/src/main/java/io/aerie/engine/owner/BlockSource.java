package io.aerie.engine.owner;

import io.aerie.engine.store.BlockImage;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockVersion;
import java.util.Optional;

/** Where a returning member gets a block from, as it is at the watermark. */
interface BlockSource {
  /** What came of it. */
  interface Outcome {
    /**
     * Told once.
     *
     * @param found whether an answer came: later it may
     * @param image the block for the returning member; empty when it is to have none
     */
    void done(boolean found, Optional<BlockImage> image);
  }

  /** Under the lock of the whole block. Further attempts ask others, where there are some. */
  void fetch(BlockKey block, int attempt, Outcome outcome);

  /** Whether a returning member's block differs from the same one of a member in sync. */
  boolean differs(BlockVersion theirs, BlockVersion ours);
}
