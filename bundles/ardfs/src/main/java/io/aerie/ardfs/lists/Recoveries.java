package io.aerie.ardfs.lists;

import io.aerie.base.AerieException;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.Placement;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.storage.admin.StorageViews.RecoveryView;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import java.util.stream.Collectors;

/** Which volumes lie on groups that nobody complete is left of, and what copies there are. */
public final class Recoveries {
  private static final String NOTHING_LEFT =
      "Nobody who has anything of it is there, and nobody complete is known.";

  /** Of larger volumes the rest is taken to be spread as these are. */
  private static final long PLACES_COUNTED = 1 << 16;

  private final RcdState state;

  private Recoveries(RcdState state) {
    this.state = state;
  }

  /** By volume, then by group. */
  public static List<RecoveryView> of(RcdState state) {
    List<RecoveryView> views = new ArrayList<>();
    Recoveries recoveries = new Recoveries(state);
    if (state.groups().values().stream().anyMatch(GroupRecord::unreadable)) {
      state.volumes().values().forEach(volume -> recoveries.add(volume, views));
      recoveries.addEmpty(views);
    }
    return views;
  }

  /** Groups of which no volume has anything yet: what comes would lie there. */
  private void addEmpty(List<RecoveryView> views) {
    Set<Long> listed = views.stream().map(RecoveryView::group).collect(Collectors.toSet());
    state.groups().values().stream()
        .filter(group -> group.unreadable() && !listed.contains(group.number()))
        .forEach(group -> views.add(view(Optional.empty(), group, 0)));
  }

  private void add(VolumeRecord volume, List<RecoveryView> views) {
    List<GroupRecord> groups = state.groupsOf(volume.pool(), volume.redundancy());
    if (groups.stream().noneMatch(GroupRecord::unreadable)) {
      return;
    }
    long blocks = volume.redundancy().blocks(volume.sizeBytes());
    long counted = Math.min(blocks, PLACES_COUNTED);
    long[] places = new long[groups.size()];
    for (int place = 0; place < counted; place++) {
      places[Placement.group(volume.live().seed(), place, places.length)]++;
    }
    for (int i = 0; i < places.length; i++) {
      if (groups.get(i).unreadable() && places[i] > 0) {
        long bytes = places[i] * blocks / counted * volume.redundancy().spanBytes();
        views.add(view(Optional.of(volume), groups.get(i), Math.min(bytes, volume.sizeBytes())));
      }
    }
  }

  /** A volume that is what another was made of goes by that one's name. */
  private String name(VolumeRecord volume) {
    VolumeRecord shown = volume;
    while (shown.conversion().isFormer()) {
      shown = state.volume(shown.conversion().successor()).orElseThrow();
    }
    return shown.name();
  }

  private RecoveryView view(Optional<VolumeRecord> volume, GroupRecord group, long bytes) {
    Optional<DiskRecord> copy = copy(group);
    UUID asked = copy.map(DiskRecord::id).orElse(group.members().get(0));
    Optional<AerieException> refusal = state.refusalToAccept(group, asked);
    SortedSet<UUID> complete = group.complete();
    Optional<Long> since = Optional.ofNullable(group.stale().get(asked));
    return new RecoveryView(
        group.number() + "/" + volume.map(v -> v.id().toString()).orElse(""),
        volume.map(this::name).orElse(""),
        state.pools().get(group.pool()).name(),
        group.number(),
        group.redundancy().toString(),
        bytes,
        copy.map(disk -> disk.id().toString()),
        copy.map(DiskRecord::node),
        copy.map(disk -> since.isPresent() ? "stale" : "rebuilding"),
        copy.isEmpty() ? OptionalLong.empty() : known(since),
        group.epoch(),
        complete.stream().map(UUID::toString).toList(),
        refusal.map(e -> e.code().code()),
        refusal.map(e -> copy.isEmpty() && complete.isEmpty() ? NOTHING_LEFT : e.why()),
        group.revision());
  }

  private static OptionalLong known(Optional<Long> since) {
    return since.isPresent() && since.get() != GroupRecord.SINCE_UNKNOWN
        ? OptionalLong.of(since.get())
        : OptionalLong.empty();
  }

  /**
   * The copy that was left behind last. One that is or was being rebuilt only where there is no
   * other: its blocks are of two times.
   */
  private Optional<DiskRecord> copy(GroupRecord group) {
    return group.incomplete().stream()
        .map(disk -> state.disk(disk).orElseThrow())
        .filter(DiskRecord::up)
        .max(
            Comparator.comparingLong(
                    (DiskRecord disk) ->
                        group.stale().getOrDefault(disk.id(), GroupRecord.SINCE_UNKNOWN))
                .thenComparing(disk -> group.rebuilding().contains(disk.id())));
  }
}
