package io.aerie.ardfs.host;

import io.aerie.ardfs.device.LocalDisks;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.copies.CopyDisks;
import io.aerie.engine.disk.CopyArea;
import io.aerie.engine.store.Completion;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** The copy areas of the disks of one life, each used by one caller at a time. */
final class EngineCopyDisks implements CopyDisks {
  private final LoopCalls calls;
  private final LocalDisks known;
  private final Supplier<Map<UUID, Optional<CopyArea>>> open;
  private final Map<UUID, CompletableFuture<?>> last = new HashMap<>();

  /**
   * @param open the disks that serve, asked on the loop
   */
  EngineCopyDisks(LoopCalls calls, LocalDisks known, Supplier<Map<UUID, Optional<CopyArea>>> open) {
    this.calls = calls;
    this.known = known;
    this.open = open;
  }

  @Override
  public CompletableFuture<List<Disk>> disks() {
    return calls.get(
        () -> {
          Map<UUID, Optional<CopyArea>> serving = open.get();
          return known.list().stream()
              .map(
                  disk ->
                      new Disk(
                          disk.disk(),
                          disk.path(),
                          serving
                              .getOrDefault(disk.disk(), Optional.empty())
                              .map(CopyArea::contentBytesMax)
                              .orElse(0L),
                          serving.containsKey(disk.disk())))
              .toList();
        });
  }

  @Override
  public CompletableFuture<List<Copy>> copies(UUID disk) {
    return this.<List<CopyArea.Copy>>use(disk, CopyArea::list)
        .thenApply(
            found ->
                found.stream()
                    .map(copy -> new Copy(copy.number(), label(copy.label()), copy.bytes()))
                    .toList());
  }

  private static Label label(CopyArea.Label label) {
    return new Label(
        label.lineage(),
        label.order(),
        label.revision(),
        Instant.ofEpochMilli(label.writtenAtMs()));
  }

  @Override
  public CompletableFuture<byte[]> read(UUID disk, long number) {
    return use(disk, (area, done) -> area.read(number, done));
  }

  @Override
  public CompletableFuture<Void> write(UUID disk, Label label, byte[] content) {
    CopyArea.Label written =
        new CopyArea.Label(
            label.lineage(), label.order(), label.revision(), label.written().toEpochMilli());
    return this.<CopyArea.Copy>use(disk, (area, done) -> area.write(written, content, done))
        .thenApply(copy -> null);
  }

  /** After what was asked of this disk before, however that ended. */
  private synchronized <T> CompletableFuture<T> use(
      UUID disk, BiConsumer<CopyArea, Completion<T>> operation) {
    CompletableFuture<?> before = last.getOrDefault(disk, CompletableFuture.completedFuture(null));
    CompletableFuture<T> result =
        before
            .handle((done, failure) -> null)
            .thenCompose(nothing -> calls.<T>call(done -> operation.accept(area(disk), done)));
    last.put(disk, result);
    return result;
  }

  private CopyArea area(UUID disk) {
    return open.get()
        .getOrDefault(disk, Optional.empty())
        .orElseThrow(
            () ->
                new AerieException(
                    ErrorCode.UNAVAILABLE,
                    "Disk " + disk + " can't take copies",
                    "It is down, or was formatted before disks had room for them.",
                    ""));
  }
}
