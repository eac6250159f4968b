package io.aerie.engine.disk;

import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.List;

/** Brings data to its slot past the log, and looks whether it is there. */
final class DirectTransfer {
  /** One transfer of neighbouring units: 1 MiB. */
  private static final int RUN_UNITS_MAX = 16;

  /** Some neighbouring units; {@code index} is the place of the first among all of the data. */
  private interface Run {
    void accept(int firstUnit, int unitCount, int index);
  }

  private final BlockDevice device;
  private final DiskLayout layout;
  private final PageBuffers buffers;

  DirectTransfer(BlockDevice device, DiskLayout layout, PageBuffers buffers) {
    this.device = device;
    this.layout = layout;
    this.buffers = buffers;
  }

  private static void forEachRun(long units, Run action) {
    int index = 0;
    int unit = 0;
    while (unit < Geometry.UNITS_PER_BLOCK) {
      int end = unit;
      while (end < Geometry.UNITS_PER_BLOCK
          && end - unit < RUN_UNITS_MAX
          && ((units >>> end) & 1) != 0) {
        end++;
      }
      if (end > unit) {
        action.accept(unit, end - unit, index);
        index += end - unit;
      }
      unit = Math.max(end, unit + 1);
    }
  }

  /** Adds the writes of the data; none of it is durable before a later flush. */
  void addWrites(DirectData direct, ByteBuffer data, IoTasks writes) {
    forEachRun(
        direct.units,
        (firstUnit, unitCount, index) ->
            writes.add(
                completion -> {
                  int bytes = unitCount * Geometry.UNIT_BYTES;
                  ByteBuffer run = buffers.acquire(bytes);
                  run.put(0, data, data.position() + index * Geometry.UNIT_BYTES, bytes);
                  device.write(
                      offset(direct, firstUnit),
                      run,
                      (nothing, error) -> {
                        buffers.release(run);
                        completion.accept(null, error);
                      });
                }));
  }

  private long offset(DirectData direct, int unit) {
    return layout.pageOffset(direct.slot, unit * Geometry.PAGES_PER_UNIT);
  }

  /** Whether all of the data is in the slots. */
  void verify(List<DirectData> all, Completion<Boolean> done) {
    boolean[] whole = {true};
    IoTasks reads = new IoTasks();
    for (DirectData direct : all) {
      forEachRun(
          direct.units,
          (firstUnit, unitCount, index) ->
              reads.add(
                  completion -> {
                    ByteBuffer run = buffers.acquire(unitCount * Geometry.UNIT_BYTES);
                    device.read(
                        offset(direct, firstUnit),
                        run,
                        (nothing, error) -> {
                          whole[0] &= error != null || matches(direct, index, unitCount, run);
                          buffers.release(run);
                          completion.accept(null, error);
                        });
                  }));
    }
    reads.run((nothing, error) -> done.accept(whole[0], error));
  }

  private static boolean matches(DirectData direct, int index, int unitCount, ByteBuffer run) {
    int first = index * Geometry.PAGES_PER_UNIT;
    for (int i = 0; i < unitCount * Geometry.PAGES_PER_UNIT; i++) {
      int crc = Crc.of(run, i * Geometry.PAGE_BYTES, Geometry.PAGE_BYTES);
      if (crc != direct.checksums[first + i]) {
        return false;
      }
    }
    return true;
  }
}
