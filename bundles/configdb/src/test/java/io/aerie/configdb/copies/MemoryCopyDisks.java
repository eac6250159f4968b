package io.aerie.configdb.copies;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.copies.CopyDisks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Disks in memory that keep two copies each. A disk that is down answers nothing. */
final class MemoryCopyDisks implements CopyDisks {
  private final Map<UUID, List<Stored>> disks = new LinkedHashMap<>();
  private UUID down;

  private record Stored(Copy copy, byte[] content) {}

  MemoryCopyDisks(int count) {
    for (int i = 1; i <= count; i++) {
      disks.put(new UUID(0, i), new ArrayList<>());
    }
  }

  synchronized void takeDown(UUID disk) {
    down = disk;
  }

  synchronized List<Label> labels() {
    return disks.values().stream()
        .flatMap(List::stream)
        .map(stored -> stored.copy().label())
        .toList();
  }

  /** The newest copy of a disk is no more whole. */
  synchronized void damage(UUID disk) {
    byte[] content = disks.get(disk).get(0).content();
    content[content.length - 1] ^= 1;
  }

  @Override
  public synchronized CompletableFuture<List<Disk>> disks() {
    return CompletableFuture.completedFuture(
        disks.keySet().stream()
            .map(
                disk -> new Disk(disk, "/dev/" + disk.getLeastSignificantBits(), 1 << 20, up(disk)))
            .toList());
  }

  private boolean up(UUID disk) {
    return !disk.equals(down);
  }

  @Override
  public synchronized CompletableFuture<List<Copy>> copies(UUID disk) {
    return CompletableFuture.completedFuture(disks.get(disk).stream().map(Stored::copy).toList());
  }

  @Override
  public synchronized CompletableFuture<byte[]> read(UUID disk, long number) {
    return disks.get(disk).stream()
        .filter(stored -> stored.copy().number() == number)
        .findAny()
        .map(stored -> CompletableFuture.completedFuture(stored.content()))
        .orElseGet(
            () -> CompletableFuture.failedFuture(new AerieException(ErrorCode.NOT_FOUND, "gone")));
  }

  @Override
  public synchronized CompletableFuture<Void> write(UUID disk, Label label, byte[] content) {
    List<Stored> copies = disks.get(disk);
    long number = copies.isEmpty() ? 0 : copies.get(0).copy().number() + 1;
    copies.add(0, new Stored(new Copy(number, label, content.length), content.clone()));
    if (copies.size() > 2) {
      copies.remove(2);
    }
    return CompletableFuture.completedFuture(null);
  }
}
