package io.aerie.engine.owner;

import io.aerie.engine.protocol.Message.Status;
import java.nio.ByteBuffer;

/** What came of reading pages. */
interface PagesOutcome {
  /** Told once, or never when the volume is let go; pages mean nothing unless it is DONE. */
  void done(Status status, ByteBuffer pages);
}
