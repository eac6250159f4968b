package io.aerie.ardfs.host;

import io.aerie.ardfs.host.TrafficCounters.Operation;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.engine.client.VolumeClient;
import io.aerie.engine.store.Geometry;
import io.aerie.storage.block.BlockVolume;
import io.aerie.storage.block.Extent;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationOutcome.Verdict;
import io.aerie.storage.reservation.ReservationRequest;
import io.aerie.storage.reservation.ReservationState;
import io.aerie.storage.reservation.ReservationState.Access;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A volume as exports see it. */
// Each ignored future is the end of a chain whose last step handles the failure.
@SuppressWarnings("FutureReturnValueIgnored")
final class EngineVolume implements BlockVolume {
  private static final Logger log = LoggerFactory.getLogger(EngineVolume.class);

  private final LoopCalls calls;
  private final RcdReplica replica;
  private final VolumeClient client;
  private final TrafficCounters.OfVolume traffic;

  /** Null when the client is no initiator. */
  private final Nexus nexus;

  private final long sizeBytes;

  /** Made on the loop. */
  EngineVolume(
      LoopCalls calls,
      RcdReplica replica,
      VolumeClient client,
      TrafficCounters.OfVolume traffic,
      Nexus nexus) {
    this.calls = calls;
    this.replica = replica;
    this.client = client;
    this.traffic = traffic;
    this.nexus = nexus;
    this.sizeBytes = client.sizeBytes();
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public CompletableFuture<ByteBuffer> read(long offset, int length) {
    return traffic.count(
        Operation.READ, length, calls.call(done -> client.read(offset, length, done)));
  }

  @Override
  public CompletableFuture<List<Extent>> extents(long offset, long length) {
    return calls
        .<ByteBuffer>call(done -> client.extents(offset, length, done))
        .thenApply(
            units -> {
              ExtentList list = new ExtentList(offset, offset + length, /* zeroes= */ true);
              list.add(offset - offset % Geometry.UNIT_BYTES, units);
              return list.extents();
            });
  }

  @Override
  public CompletableFuture<Void> write(long offset, ByteBuffer data) {
    ByteBuffer view = data.asReadOnlyBuffer();
    return traffic.count(
        Operation.WRITE, view.remaining(), calls.call(done -> client.write(offset, view, done)));
  }

  @Override
  public CompletableFuture<Void> zero(long offset, long length) {
    return traffic.count(
        Operation.ZERO, length, calls.call(done -> client.zero(offset, length, done)));
  }

  @Override
  public CompletableFuture<Integer> compareAndWrite(
      long offset, ByteBuffer expected, ByteBuffer data) {
    ByteBuffer expectedView = expected.asReadOnlyBuffer();
    ByteBuffer view = data.asReadOnlyBuffer();
    return traffic.count(
        Operation.WRITE,
        view.remaining(),
        calls.call(done -> client.compareAndWrite(offset, expectedView, view, done)));
  }

  @Override
  public CompletableFuture<Verdict> changeReservation(ReservationRequest request) {
    return calls.call(done -> client.changeReservation(request, done));
  }

  @Override
  public CompletableFuture<ReservationState> reservation() {
    return calls.call(client::reservation);
  }

  @Override
  public boolean excluded(Access access) {
    return replica.read(state -> state.conflicts(client.volume(), nexus, access));
  }

  @Override
  public long abortMark() {
    return client.abortMark();
  }

  @Override
  public void close() {
    calls
        .<Void>call(client::close)
        .whenComplete(
            (nothing, failure) -> {
              if (failure != null) {
                log.info("an attachment was not ended in RCD: {}", failure.toString());
              }
            });
  }
}
