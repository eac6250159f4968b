package io.aerie.engine.disk;

import io.aerie.engine.store.Base;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Entry;
import io.aerie.engine.store.Geometry;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import java.nio.ByteBuffer;
import java.util.UUID;

/** What the tests of the disk engine share: a small disk and short ways to use it. */
final class Disks {
  static final UUID CLUSTER = new UUID(1, 1);
  static final UUID DISK = new UUID(2, 2);
  static final PageBuffers BUFFERS = new PageBuffers();

  /** Keeps what a completion brought. */
  static final class Result<T> implements Completion<T> {
    T value;
    Throwable error;
    int calls;

    @Override
    public void accept(T newValue, Throwable newError) {
      value = newValue;
      error = newError;
      calls++;
    }

    boolean ok() {
      return calls == 1 && error == null;
    }
  }

  private Disks() {}

  /** A formatted disk with room for about so many blocks. */
  static SimulatedDevice formatted(long seed, int slots, long ringBytes) {
    long bytes = 2L * 1024 * 1024 + ringBytes + slots * (Geometry.BLOCK_BYTES + 8192L);
    SimulatedDevice device = new SimulatedDevice(bytes, seed);
    Result<Object> done = new Result<>();
    DiskEngine.format(
        device,
        BUFFERS,
        CLUSTER,
        DISK,
        new FormatOptions(ringBytes),
        (id, e) -> done.accept(id, e));
    device.run();
    if (!done.ok()) {
      throw new AssertionError(done.error);
    }
    return device;
  }

  static Result<DiskEngine> tryOpen(SimulatedDevice device) {
    Result<DiskEngine> done = new Result<>();
    DiskEngine.open(device, BUFFERS, device, CLUSTER, DiskEngine.DIRECT_BYTES_MIN, done);
    device.run();
    return done;
  }

  static DiskEngine open(SimulatedDevice device) {
    Result<DiskEngine> done = tryOpen(device);
    if (!done.ok()) {
      throw new AssertionError(done.error);
    }
    return done.value;
  }

  /** Page content that tells who wrote it. */
  static ByteBuffer pages(long tag, int count) {
    ByteBuffer data = ByteBuffer.allocate(count * Geometry.PAGE_BYTES);
    for (int i = 0; i < data.capacity(); i += Long.BYTES) {
      data.putLong(i, tag * 1_000_003 + i / Geometry.PAGE_BYTES);
    }
    return data.asReadOnlyBuffer();
  }

  static Entry write(StreamKey stream, Point point, BlockKey block, int page, ByteBuffer data) {
    return new Entry(stream, point, 1, new Change.Write(block, page, data));
  }

  static Base fresh(StreamKey stream, long epoch) {
    return new Base(stream, epoch, Point.NONE, 0, false);
  }
}
