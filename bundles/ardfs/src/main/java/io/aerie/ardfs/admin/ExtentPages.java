package io.aerie.ardfs.admin;

import io.aerie.ardfs.host.ExtentList;
import io.aerie.ardfs.host.OwnerRequests;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.protocol.Message.ExtentsRequest;
import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.storage.admin.ExtentAdministration;
import io.aerie.storage.admin.StorageViews.ExtentsView;
import io.aerie.storage.block.Extent;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** What snapshots have, asked of their volume's owner piece by piece. */
final class ExtentPages {
  /** A page ends after so many, also when it has no extent yet: it shall not last for minutes. */
  private static final int QUESTIONS_MAX = 256;

  private final RcdAccess access;
  private final OwnerRequests owners;

  ExtentPages(RcdAccess access, OwnerRequests owners) {
    this.access = access;
    this.owners = owners;
  }

  CompletableFuture<ExtentsView> page(
      String of, String nameOrId, Optional<String> since, long offset, int limit) {
    if (limit < 1 || limit > ExtentAdministration.EXTENTS_MAX) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          limit + " is no limit of extents",
          "It is from 1 to " + ExtentAdministration.EXTENTS_MAX + ".",
          "");
    }
    return access
        .volume(of)
        .thenCompose(
            volume -> {
              SnapshotRecord snapshot = ready(volume, nameOrId);
              if (offset < 0 || offset > snapshot.sizeBytes()) {
                throw new AerieException(
                    ErrorCode.INVALID_VALUE,
                    "Byte " + offset + " is not in snapshot '" + snapshot.name() + "'",
                    "It has " + snapshot.sizeBytes() + " bytes.",
                    "");
              }
              Optional<SnapshotRecord> other = since.map(name -> ready(volume, name));
              return new Page(volume, snapshot, other, offset, limit).next();
            });
  }

  private SnapshotRecord ready(VolumeRecord volume, String nameOrId) {
    SnapshotRecord snapshot = access.snapshot(volume, nameOrId);
    if (!snapshot.ready()) {
      throw new AerieException(
          ErrorCode.CONFLICT,
          "Snapshot '" + snapshot.name() + "' is still being made",
          "",
          "Try again when its state is ready.");
    }
    return snapshot;
  }

  /** One page, as it comes together. */
  private final class Page {
    private final VolumeRecord volume;
    private final SnapshotRecord snapshot;
    private final Optional<SnapshotRecord> since;
    private final int limit;
    private final long spanBytes;
    private final ExtentList list;
    private long at;
    private int questions;

    Page(
        VolumeRecord volume,
        SnapshotRecord snapshot,
        Optional<SnapshotRecord> since,
        long offset,
        int limit) {
      this.volume = volume;
      this.snapshot = snapshot;
      this.since = since;
      this.limit = limit;
      spanBytes = volume.redundancy().spanBytes();
      list = new ExtentList(offset, snapshot.sizeBytes(), since.isPresent());
      at = offset;
    }

    CompletableFuture<ExtentsView> next() {
      if (at >= snapshot.sizeBytes() || list.size() > limit || questions == QUESTIONS_MAX) {
        return CompletableFuture.completedFuture(view());
      }
      questions++;
      long first = at / spanBytes;
      long places = (snapshot.sizeBytes() + spanBytes - 1) / spanBytes;
      int count = (int) Math.min(places - first, ExtentsRequest.COUNT_MAX);
      return owners
          .extents(
              new ExtentsRequest(
                  0,
                  volume.number(),
                  snapshot.number(),
                  since.map(SnapshotRecord::number).orElse(0L),
                  (int) first,
                  count))
          .thenCompose(
              units -> {
                list.add(first * spanBytes, units);
                at = (first + count) * spanBytes;
                return next();
              });
    }

    private ExtentsView view() {
      List<Extent> extents = list.extents();
      boolean more = extents.size() > limit;
      List<Extent> told = more ? extents.subList(0, limit) : extents;
      long end = more ? told.get(limit - 1).end() : at;
      return new ExtentsView(
          volume.name(),
          snapshot.name(),
          since.map(SnapshotRecord::name),
          snapshot.sizeBytes(),
          told,
          end < snapshot.sizeBytes() ? OptionalLong.of(end) : OptionalLong.empty());
    }
  }
}
