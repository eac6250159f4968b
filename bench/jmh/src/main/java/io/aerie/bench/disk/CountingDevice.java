package io.aerie.bench.disk;

import io.aerie.engine.disk.BlockDevice;
import io.aerie.engine.store.Completion;
import java.nio.ByteBuffer;

/** Counts what is written. Used on the loop only. */
final class CountingDevice implements BlockDevice {
  private final BlockDevice device;
  long writtenBytes;
  long flushes;

  CountingDevice(BlockDevice device) {
    this.device = device;
  }

  @Override
  public long capacityBytes() {
    return device.capacityBytes();
  }

  @Override
  public void read(long offset, ByteBuffer buffer, Completion<Void> done) {
    device.read(offset, buffer, done);
  }

  @Override
  public void write(long offset, ByteBuffer buffer, Completion<Void> done) {
    writtenBytes += buffer.remaining();
    device.write(offset, buffer, done);
  }

  @Override
  public void flush(Completion<Void> done) {
    flushes++;
    device.flush(done);
  }
}
