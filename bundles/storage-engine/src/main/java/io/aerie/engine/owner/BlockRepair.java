package io.aerie.engine.owner;

import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockReport;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** How blocks of a protection are compared, and what a wrong page is made of. */
interface BlockRepair {
  /** Whether members are to say what their last unit has. */
  boolean needsLastUnit();

  /**
   * Compares what all members in sync reported of a block at one version or, locked, in general.
   */
  Findings judge(BlockKey block, Map<UUID, Optional<BlockReport>> reports);

  /** What came of a fetch. */
  interface Fetched {
    /**
     * Told once.
     *
     * @param status DONE; CORRUPT when nobody has them; else somebody did not answer, and later it
     *     may be otherwise
     * @param pages as they are to be, verified; null when not DONE
     */
    void done(Status status, ByteBuffer pages);
  }

  /** Under the lock of the whole block. */
  void fetch(BlockKey block, Wrong wrong, Fetched fetched);
}
