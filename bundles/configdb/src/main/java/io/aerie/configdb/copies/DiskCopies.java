package io.aerie.configdb.copies;

import io.aerie.config.copies.CopyDisks;
import io.aerie.config.copies.CopyDisks.Copy;
import io.aerie.config.copies.CopyDisks.Disk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A disk and the whole copies on it, the newest first; none of one that doesn't serve. */
record DiskCopies(Disk disk, List<Copy> copies) {
  DiskCopies {
    copies = List.copyOf(copies);
  }

  /** Of all disks, one after the other: each is read whole. */
  static CompletableFuture<List<DiskCopies>> list(CopyDisks disks) {
    return disks.disks().thenCompose(all -> list(disks, all, 0, new ArrayList<>()));
  }

  private static CompletableFuture<List<DiskCopies>> list(
      CopyDisks disks, List<Disk> all, int next, List<DiskCopies> found) {
    if (next == all.size()) {
      return CompletableFuture.completedFuture(found);
    }
    Disk disk = all.get(next);
    CompletableFuture<List<Copy>> copies =
        disk.serves() && disk.roomBytes() > 0
            ? disks.copies(disk.disk())
            : CompletableFuture.completedFuture(List.of());
    return copies.thenCompose(
        present -> {
          found.add(new DiskCopies(disk, present));
          return list(disks, all, next + 1, found);
        });
  }
}
