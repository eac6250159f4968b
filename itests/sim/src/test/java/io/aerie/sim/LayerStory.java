package io.aerie.sim;

import io.aerie.base.ErrorCode;
import io.aerie.engine.protocol.Message.ExtentsRequest;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.Geometry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Somebody who does one thing after the other with volumes of its own, beside the workload and the
 * faults: writes, zeroes, snapshots, clones, going back, deletions, other sizes. So at each moment
 * it knows what every page reads as ({@link LayerModel}).
 */
final class LayerStory {
  private static final int BLOCKS = 3;

  /** More than the volumes have, whatever their protection. */
  private static final int PLACES = BLOCKS;

  private static final long FULL_PAGES = (long) BLOCKS * Geometry.PAGES_PER_BLOCK;

  /** Where a cut leaves a volume: within a unit, at its end, within another block. */
  private static final long[] CUTS = {20, 32, 1030, 2048};

  /** Of no interest otherwise. */
  private static final int LAST_PAGE = 777;

  private static final int SNAPSHOTS_MAX = 3;
  private static final int BRANCHES_MAX = 3;
  private static final long PAUSE = 40 * World.MILLISECOND;

  private final World world;
  private final Cluster cluster;
  private final StoryClient client;
  private final boolean extents;
  private final List<Redundancy> protections;
  private final List<LayerModel.Branch> branches = new ArrayList<>();
  private long nextValue = 1;
  private int nextName = 1;
  private boolean stopping;
  private boolean over;

  /**
   * @param extents whether it asks for extents, too
   * @param protections that the cluster has enough nodes for
   * @param judging whether reads are judged now: not while they may be stale
   */
  LayerStory(
      World world,
      Cluster cluster,
      boolean extents,
      List<Redundancy> protections,
      BooleanSupplier judging,
      Consumer<String> onViolation) {
    this.world = world;
    this.cluster = cluster;
    this.extents = extents;
    this.protections = protections;
    client = new StoryClient(world, cluster, judging, onViolation, this::pause);
  }

  /** Begins with a volume that was made for it. */
  void begin(long volume) {
    branches.add(new LayerModel.Branch(volume, null, FULL_PAGES));
    pause();
  }

  static long bytes() {
    return FULL_PAGES * Geometry.PAGE_BYTES;
  }

  void stop() {
    stopping = true;
  }

  /** Whether the last look was taken, or there is nothing to look at. */
  boolean over() {
    return over || branches.isEmpty();
  }

  private RcdState rcd() {
    return cluster.log().committed();
  }

  private void pause() {
    world.at(world.between(100_000, PAUSE), this::act);
  }

  private <T> T one(List<T> of) {
    return of.get(world.random().nextInt(of.size()));
  }

  private void act() {
    if (stopping) {
      last(new ArrayList<>(branches));
      return;
    }
    LayerModel.Branch opened = client.opened();
    LayerModel.Branch branch = opened != null && world.chance(0.8) ? opened : one(branches);
    int choice = world.random().nextInt(100);
    if (choice < 40) {
      change(branch, world.chance(0.25));
    } else if (choice < 60) {
      client.read(
          branch, LayerModel.page(world, branch), extents ? () -> ask(branch) : this::pause);
    } else if (choice < 72) {
      snapshot(branch);
    } else if (choice < 80) {
      deleteSnapshot(branch);
    } else if (choice < 86 && branch.snapshots.isEmpty()) {
      convert(branch);
    } else if (choice < 86) {
      cloneSnapshot(branch);
    } else if (choice < 90) {
      deleteClone(branch);
    } else if (choice < 95) {
      client.close(() -> revert(branch));
    } else {
      client.close(() -> resize(branch, this::pause));
    }
  }

  /** Which units have data, or which of them differ between two snapshots. */
  private void ask(LayerModel.Branch branch) {
    if (branch.snapshots.isEmpty() || world.chance(0.5)) {
      client.units(branch, this::pause);
      return;
    }
    LayerModel.Frozen of = one(branch.snapshots);
    LayerModel.Frozen since = one(branch.snapshots);
    ExtentsRequest what =
        new ExtentsRequest(0, branch.number, number(of), number(since), 0, PLACES);
    client.differences(branch, what, of, since, this::pause);
  }

  private long number(LayerModel.Frozen frozen) {
    return snapshot(frozen.id).map(SnapshotRecord::number).orElse(0L);
  }

  private Optional<SnapshotRecord> snapshot(UUID id) {
    return rcd().snapshots().values().stream().filter(s -> s.id().equals(id)).findFirst();
  }

  private void change(LayerModel.Branch branch, boolean zero) {
    long page = LayerModel.page(world, branch);
    long most = Math.min(world.chance(0.4) ? 40 : 1, branch.pages - page);
    int count = (int) (1 + world.random().nextLong(most));
    client.write(branch, page, count, zero ? 0 : nextValue++, this::pause);
  }

  /**
   * The last look, when nothing is broken any more: at every page of every volume. Each of its
   * blocks is written once, so that all members learn the last watermark.
   */
  private void last(List<LayerModel.Branch> left) {
    if (left.isEmpty()) {
      over = true;
      return;
    }
    LayerModel.Branch branch = left.get(0);
    if (branch.pages < FULL_PAGES) {
      resize(branch, () -> world.at(PAUSE, () -> last(left)));
      return;
    }
    List<Long> pages = new ArrayList<>();
    for (long page : LayerModel.PAGES) {
      pages.add(page);
    }
    writeBlocks(
        branch, 0, () -> readPages(branch, pages, () -> last(left.subList(1, left.size()))));
  }

  private void writeBlocks(LayerModel.Branch branch, int block, Runnable next) {
    if (block == BLOCKS) {
      next.run();
    } else {
      long page = (long) block * Geometry.PAGES_PER_BLOCK + LAST_PAGE;
      client.write(branch, page, 1, nextValue++, () -> writeBlocks(branch, block + 1, next));
    }
  }

  private void readPages(LayerModel.Branch branch, List<Long> pages, Runnable next) {
    if (pages.isEmpty()) {
      next.run();
    } else {
      client.read(
          branch, pages.get(0), () -> readPages(branch, pages.subList(1, pages.size()), next));
    }
  }

  // RCD.

  /** Submits until there is an answer: everything may be repeated. */
  private void command(RcdCommand command, Consumer<RcdAnswer> then) {
    cluster
        .log()
        .submit(
            one(cluster.nodes()).id,
            RcdCommands.encode(command),
            (bytes, failure) -> {
              if (failure != null) {
                world.at(300 * World.MILLISECOND, () -> command(command, then));
              } else {
                then.accept(RcdAnswer.decode(bytes));
              }
            });
  }

  private static boolean refused(RcdAnswer answer, ErrorCode code) {
    return answer.error().filter(e -> e.code() == code).isPresent();
  }

  private VolumeRecord record(LayerModel.Branch branch) {
    return cluster.volume(branch.number);
  }

  private UUID newId() {
    return new UUID(55, nextName++);
  }

  private void snapshot(LayerModel.Branch branch) {
    if (branch.snapshots.size() >= SNAPSHOTS_MAX) {
      pause();
      return;
    }
    UUID id = newId();
    String name = "s" + id.getLeastSignificantBits();
    command(
        new RcdCommand.CreateSnapshot(id, name, record(branch).id()),
        answer -> {
          if (answer.error().isPresent()) {
            pause();
          } else {
            untilFrozen(branch, id);
          }
        });
  }

  private void untilFrozen(LayerModel.Branch branch, UUID id) {
    Optional<SnapshotRecord> record = snapshot(id);
    if (record.isPresent() && record.get().ready()) {
      branch.freeze(id);
      pause();
    } else {
      world.at(PAUSE / 2, () -> untilFrozen(branch, id));
    }
  }

  private void deleteSnapshot(LayerModel.Branch branch) {
    if (branch.snapshots.isEmpty()) {
      pause();
      return;
    }
    LayerModel.Frozen frozen = one(branch.snapshots);
    command(
        new RcdCommand.DeleteSnapshot(frozen.id),
        answer -> {
          if (!refused(answer, ErrorCode.IN_USE)) {
            branch.snapshots.remove(frozen);
          }
          pause();
        });
  }

  private void cloneSnapshot(LayerModel.Branch branch) {
    if (branch.snapshots.isEmpty() || branches.size() >= BRANCHES_MAX) {
      pause();
      return;
    }
    LayerModel.Frozen frozen = one(branch.snapshots);
    UUID id = newId();
    String name = "c" + id.getLeastSignificantBits();
    command(
        new RcdCommand.CloneSnapshot(
            id, name, frozen.id, cloned(branch), world.random().nextLong()),
        answer -> {
          if (answer.error().isEmpty()) {
            branches.add(new LayerModel.Branch(answer.number(), frozen, frozen.pages));
          }
          pause();
        });
  }

  /** Of the protection of what it was made of, or of any; drawn without luck of the world's. */
  private Redundancy cloned(LayerModel.Branch branch) {
    int choice = nextName % (2 * protections.size());
    return choice < protections.size() ? protections.get(choice) : record(branch).redundancy();
  }

  private void deleteClone(LayerModel.Branch branch) {
    if (branch == branches.get(0) || !branch.snapshots.isEmpty()) {
      pause();
      return;
    }
    UUID id = record(branch).id();
    client.close(
        () ->
            command(
                new RcdCommand.DeleteVolume(id, -1),
                answer -> {
                  if (!refused(answer, ErrorCode.IN_USE)) {
                    branches.remove(branch);
                  }
                  pause();
                }));
  }

  /** Goes on, its client too, when another volume has its place; that is filled meanwhile. */
  private void convert(LayerModel.Branch branch) {
    VolumeRecord before = record(branch);
    Redundancy wished = protections.get(nextName % protections.size());
    command(
        new RcdCommand.ConvertVolume(
            before.id(), wished, newId(), world.random().nextLong(), before.revision()),
        answer -> untilConverted(branch, before.id()));
  }

  private void untilConverted(LayerModel.Branch branch, UUID id) {
    VolumeRecord now = rcd().volume(id.toString()).orElseThrow();
    if (now.wanted() == 0) {
      branch.number = now.number();
      pause();
    } else {
      world.at(PAUSE / 2, () -> untilConverted(branch, id));
    }
  }

  private void revert(LayerModel.Branch branch) {
    if (branch.snapshots.isEmpty()) {
      pause();
      return;
    }
    LayerModel.Frozen frozen = one(branch.snapshots);
    VolumeRecord before = record(branch);
    command(
        new RcdCommand.RevertVolume(before.id(), frozen.id, before.revision()),
        answer -> {
          // Also when a repeated one was refused, since the first was carried out.
          if (record(branch).live().number() != before.live().number()) {
            branch.revert(frozen);
          }
          pause();
        });
  }

  private void resize(LayerModel.Branch branch, Runnable next) {
    long pages = branch.pages < FULL_PAGES ? FULL_PAGES : CUTS[world.random().nextInt(CUTS.length)];
    long bytes = pages * Geometry.PAGE_BYTES;
    command(
        new RcdCommand.ResizeVolume(record(branch).id(), bytes, true, -1),
        answer -> {
          if (record(branch).sizeBytes() == bytes) {
            branch.resize(pages);
          }
          next.run();
        });
  }
}
