package io.aerie.sim;

import io.aerie.engine.disk.BlockDevice;
import io.aerie.engine.disk.DiskEngine;
import io.aerie.engine.disk.FormatOptions;
import io.aerie.engine.disk.PageBuffers;
import io.aerie.engine.disk.SimulatedDevice;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockVersion;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.MemberStore;
import io.aerie.engine.store.StreamKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The real disk engine over a simulated device, whose fault model it has: at a crash every sector
 * not flushed survives or not on its own.
 */
final class EngineDisk implements SimulatedDisk {
  private static final UUID CLUSTER = new UUID(0, 0);
  private static final long RING_BYTES = 32L << 20;
  private static final long DEVICE_BYTES = 512L << 20;
  private static final PageBuffers BUFFERS = new PageBuffers();

  private final World world;
  private final UUID id;
  private final SimulatedDevice device;
  private DiskEngine opened;
  private long opening;
  private long slownessNanos;

  EngineDisk(World world, UUID id) {
    this.world = world;
    this.id = id;
    device = new SimulatedDevice(DEVICE_BYTES, world.random().nextLong());
    DiskEngine.format(
        device,
        BUFFERS,
        CLUSTER,
        id,
        new FormatOptions(RING_BYTES),
        (identity, failure) -> {
          if (failure != null) {
            throw new IllegalStateException(failure);
          }
        });
    device.run();
  }

  @Override
  public UUID id() {
    return id;
  }

  @Override
  public void open(Consumer<Runnable> loop, Completion<MemberStore> done) {
    opening++;
    Paced paced = new Paced(loop, opening);
    DiskEngine.open(
        paced,
        BUFFERS,
        paced,
        CLUSTER,
        (engine, failure) -> {
          opened = engine;
          done.accept(engine, failure);
        });
  }

  @Override
  public MemberStore opened() {
    return opened;
  }

  @Override
  public void crash() {
    opening++;
    opened = null;
    device.crash();
  }

  @Override
  public void slow(long nanos) {
    slownessNanos = nanos;
  }

  @Override
  public String last(StreamKey stream) {
    throw new UnsupportedOperationException("can't be looked into");
  }

  @Override
  public OptionalLong held(StreamKey stream, BlockKey block, int page) {
    return OptionalLong.empty();
  }

  @Override
  public void digest(StreamKey stream, Consumer<String> done) {
    digestNext(opened.inventory(stream), 0, new StringBuilder(), done);
  }

  private void digestNext(
      List<BlockVersion> blocks, int index, StringBuilder text, Consumer<String> done) {
    if (index == blocks.size()) {
      done.accept(text.toString());
      return;
    }
    BlockVersion block = blocks.get(index);
    opened.readBlock(
        block.block(),
        (image, failure) -> {
          text.append(block.block()).append(block.version()).append(block.units());
          text.append(failure == null ? hash(image.orElseThrow().data()) : failure).append('\n');
          digestNext(blocks, index + 1, text, done);
        });
  }

  private static int hash(ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.duplicate().get(bytes);
    return Arrays.hashCode(bytes);
  }

  /**
   * Each operation and task is due some time later; which one then happens is the device's choice.
   */
  private final class Paced implements BlockDevice, Executor {
    private final Consumer<Runnable> loop;
    private final long ofOpening;

    Paced(Consumer<Runnable> loop, long ofOpening) {
      this.loop = loop;
      this.ofOpening = ofOpening;
    }

    private void stepAfter(long delay) {
      world.at(
          delay,
          () ->
              loop.accept(
                  () -> {
                    if (ofOpening == opening) {
                      device.step();
                    }
                  }));
    }

    private void stepLater() {
      stepAfter(slownessNanos + world.between(10_000, 120_000));
    }

    @Override
    public void execute(Runnable task) {
      if (ofOpening == opening) {
        device.execute(task);
        stepAfter(1_000);
      }
    }

    @Override
    public long capacityBytes() {
      return device.capacityBytes();
    }

    @Override
    public void read(long offset, ByteBuffer buffer, Completion<Void> done) {
      device.read(offset, buffer, done);
      stepLater();
    }

    @Override
    public void write(long offset, ByteBuffer buffer, Completion<Void> done) {
      device.write(offset, buffer, done);
      stepLater();
    }

    @Override
    public void flush(Completion<Void> done) {
      device.flush(done);
      stepLater();
    }
  }
}
