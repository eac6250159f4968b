package io.aerie.sim;

import io.aerie.engine.disk.BlockDevice;
import io.aerie.engine.disk.DiskAnatomy;
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
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The real disk engine over a simulated device, whose fault model it has: at a crash every sector
 * not flushed survives or not on its own; bits rot; operations fail; an old image comes back.
 */
public final class EngineDisk implements SimulatedDisk {
  private static final UUID CLUSTER = new UUID(0, 0);

  /** Stands in a digest for a block of which something rotted. */
  static final String UNREADABLE = "unreadable";

  private final World world;
  private final UUID id;
  private final PageBuffers buffers = new PageBuffers();
  private final SimulatedDevice device;
  private final DiskAnatomy anatomy;
  private DiskEngine opened;
  private DiskEngine last;
  private long opening;
  private long slownessNanos;
  private boolean hurt;
  private boolean failing;

  EngineDisk(World world, UUID id, long ringBytes, long deviceBytes) {
    this.world = world;
    this.id = id;
    device = new SimulatedDevice(deviceBytes, world.random().nextLong());
    DiskEngine.format(
        device,
        buffers,
        CLUSTER,
        id,
        new FormatOptions(ringBytes),
        (identity, failure) -> {
          if (failure != null) {
            throw new IllegalStateException(failure);
          }
        });
    device.run();
    anatomy = new DiskAnatomy(device);
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
        buffers,
        paced,
        CLUSTER,
        (engine, failure) -> {
          opened = engine;
          last = engine == null ? last : engine;
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
  public boolean hurt() {
    return hurt || failing;
  }

  /** One bit of a part chosen at random rots; nothing when there is no part. */
  public void rot(List<DiskAnatomy.Part> parts) {
    if (parts.isEmpty()) {
      return;
    }
    hurt = true;
    DiskAnatomy.Part part = parts.get(world.random().nextInt(parts.size()));
    long offset = part.offset() + world.random().nextInt(part.bytes());
    world.trace("disk " + id, "a bit rots at " + offset);
    device.flip(offset, world.random().nextInt(Byte.SIZE));
  }

  /** Whether a page of a block is in its slot, where it can rot. */
  public boolean inSlot(BlockKey block, int page) {
    return opened != null && anatomy.slotPage(opened, block, page).isPresent();
  }

  /** One bit of a page of a block rots in its slot. */
  public void rot(BlockKey block, int page) {
    rot(List.of(anatomy.slotPage(opened, block, page).orElseThrow()));
  }

  /** Where its parts lie. */
  public DiskAnatomy anatomy() {
    return anatomy;
  }

  /** The next operations of these kinds fail, and the engine fences the disk. */
  public void fail(int reads, int writes, int flushes) {
    failing = true;
    device.failReads(reads);
    device.failWrites(writes);
    device.failFlushes(flushes);
  }

  /** Operations succeed again; a fenced engine stays so until it is opened again. */
  public void mend() {
    failing = false;
    device.failReads(0);
    device.failWrites(0);
    device.failFlushes(0);
  }

  /** Whether operations may have failed since it was whole: the process must open it again. */
  public boolean failing() {
    return failing;
  }

  /** What is durable now, to be brought back by {@link #restore}. */
  public Map<Long, byte[]> image() {
    return device.snapshot();
  }

  /** An old image comes back. Only while no process has the disk open. */
  public void restore(Map<Long, byte[]> image) {
    hurt = true;
    world.trace("disk " + id, "an old image comes back");
    device.restore(image);
  }

  @Override
  public String last(StreamKey stream) {
    return last == null
        ? "none"
        : last.stream(stream).map(of -> of.last().toString()).orElse("none");
  }

  @Override
  public OptionalLong held(StreamKey stream, BlockKey block, int page) {
    return hurt || last == null
        ? OptionalLong.empty()
        : OptionalLong.of(anatomy.firstWord(last, stream, block, page));
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
          text.append(failure == null ? hash(image.orElseThrow().data()) : UNREADABLE).append('\n');
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
