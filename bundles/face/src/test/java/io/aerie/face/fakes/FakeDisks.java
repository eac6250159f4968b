package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.Outcome;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Disks of node n1, which do at once what they are told. */
final class FakeDisks {
  private final TreeMap<String, DiskView> disks = new TreeMap<>();
  private long revision = 100;

  List<DiskView> all() {
    return List.copyOf(disks.values());
  }

  Outcome<DiskView> add(String path, String pool, long capacityBytes, boolean dryRun) {
    DiskView disk =
        new DiskView(
            "d-" + path.hashCode(),
            FakeHardware.N1,
            path,
            pool,
            "up",
            "serving",
            capacityBytes,
            0,
            1,
            100,
            ++revision);
    if (!dryRun) {
      disks.put(disk.id(), disk);
    }
    return new Outcome<>(disk, dryRun, capacityBytes, 0, List.of("The pool grows."));
  }

  private DiskView with(DiskView disk, String state, String duty, int speedPercent) {
    return new DiskView(
        disk.id(),
        disk.node(),
        disk.path(),
        disk.pool(),
        state,
        duty,
        disk.capacityBytes(),
        disk.usedBytes(),
        disk.generation(),
        speedPercent,
        ++revision);
  }

  /** A node's word: serving as long as one of its disks does. */
  String duty() {
    boolean serves =
        disks.isEmpty() || disks.values().stream().anyMatch(d -> d.duty().equals("serving"));
    return serves ? "serving" : "draining";
  }

  Outcome<DiskView> assign(String id, String duty, OptionalLong expected, boolean dryRun) {
    DiskView disk = find(id);
    check(disk.revision(), expected);
    DiskView changed = put(with(disk, disk.state(), duty, disk.speedPercent()), dryRun);
    return new Outcome<>(changed, dryRun, 0, 1, List.of("Disk " + id + " is " + duty + "."));
  }

  void assignAll(String duty, boolean dryRun) {
    for (DiskView disk : all()) {
      Outcome<DiskView> unused = assign(disk.id(), duty, OptionalLong.empty(), dryRun);
    }
  }

  DiskView measure(String id, int speedPercent, OptionalLong expected, boolean dryRun) {
    DiskView disk = find(id);
    check(disk.revision(), expected);
    return put(with(disk, disk.state(), disk.duty(), speedPercent), dryRun);
  }

  private DiskView put(DiskView disk, boolean dryRun) {
    if (!dryRun) {
      disks.put(disk.id(), disk);
    }
    return disk;
  }

  /** It breaks. */
  void goDown(String id) {
    DiskView disk = find(id);
    disks.put(id, with(disk, "down", disk.duty(), disk.speedPercent()));
  }

  Outcome<DiskView> fail(String id, OptionalLong expected, boolean dryRun) {
    if (find(id).state().equals("up")) {
      throw new AerieException(ErrorCode.PRECONDITION_FAILED, "It serves", "", "Drain it.");
    }
    return assign(id, "absent", expected, dryRun);
  }

  Outcome<DiskView> remove(String id, OptionalLong expected, boolean dryRun) {
    DiskView disk = find(id);
    check(disk.revision(), expected);
    if (disk.duty().equals("serving")) {
      throw new AerieException(ErrorCode.PRECONDITION_FAILED, "It serves", "", "Drain it.");
    }
    if (!dryRun) {
      disks.remove(id);
    }
    return new Outcome<>(disk, dryRun, 0, 1, List.of("It is no more."));
  }

  private DiskView find(String id) {
    DiskView disk = disks.get(id);
    if (disk == null) {
      throw new AerieException(ErrorCode.NOT_FOUND, "There is no disk '" + id + "'");
    }
    return disk;
  }

  static void check(long revision, OptionalLong expected) {
    if (expected.isPresent() && expected.getAsLong() != revision) {
      throw new AerieException(ErrorCode.PRECONDITION_FAILED, "It has changed");
    }
  }
}
