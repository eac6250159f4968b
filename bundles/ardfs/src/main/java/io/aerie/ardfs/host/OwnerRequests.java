package io.aerie.ardfs.host;

import io.aerie.engine.protocol.Message.ExtentsRequest;
import io.aerie.engine.rcd.RcdCommand.ClearReservation;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** What volumes' owners are asked for administrators. UNAVAILABLE while this node doesn't serve. */
public interface OwnerRequests {
  /** {@link io.aerie.engine.node.StorageNode#clearReservation}. */
  CompletableFuture<Void> clearReservation(ClearReservation command);

  /** {@link io.aerie.engine.node.StorageNode#extents}. */
  CompletableFuture<ByteBuffer> extents(ExtentsRequest what);
}
