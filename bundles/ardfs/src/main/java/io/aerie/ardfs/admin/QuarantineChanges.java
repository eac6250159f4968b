package io.aerie.ardfs.admin;

import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.node.NodeStatus.Quarantined;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdState;
import io.aerie.storage.admin.StorageViews.QuarantineView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What disks hold of volumes that are not known: shows it, and gives it up. */
final class QuarantineChanges {
  private final RcdReplica replica;
  private final RcdClient rcd;
  private final RcdAccess access;
  private final Supplier<Map<NodeId, List<Quarantined>>> told;

  QuarantineChanges(
      RcdReplica replica,
      RcdClient rcd,
      RcdAccess access,
      Supplier<Map<NodeId, List<Quarantined>>> told) {
    this.replica = replica;
    this.rcd = rcd;
    this.access = access;
    this.told = told;
  }

  /** One disk's part, with the node that told of it. */
  private record Part(NodeId node, Quarantined held) {}

  /** By number. What was given up since the nodes told of it is not among them. */
  List<QuarantineView> list() {
    SortedMap<Long, List<Part>> parts = new TreeMap<>();
    new TreeMap<>(told.get())
        .forEach(
            (node, all) ->
                all.forEach(
                    held ->
                        parts
                            .computeIfAbsent(held.volume(), none -> new ArrayList<>())
                            .add(new Part(node, held))));
    Set<Long> open =
        replica.read(
            state ->
                parts.keySet().stream()
                    .filter(volume -> !isDecided(state, volume))
                    .collect(Collectors.toCollection(TreeSet::new)));
    return open.stream().map(volume -> view(volume, parts.get(volume))).toList();
  }

  private static boolean isDecided(RcdState state, long volume) {
    return state.volumes().containsKey(volume) || state.deletedVolumes().contains(volume);
  }

  private static QuarantineView view(long volume, List<Part> parts) {
    return new QuarantineView(
        Long.toString(volume),
        List.copyOf(new TreeSet<>(parts.stream().map(Part::node).toList())),
        parts.stream().map(part -> part.held().disk().toString()).sorted().toList(),
        parts.stream().mapToInt(part -> part.held().blocks()).sum(),
        parts.stream().mapToLong(part -> part.held().bytes()).sum());
  }

  CompletableFuture<QuarantineView> forget(String volume, boolean dryRun) {
    return rcd.catchUp(replica)
        .thenCompose(
            done -> {
              refuseKnown(volume);
              QuarantineView held =
                  list().stream()
                      .filter(each -> each.id().equals(volume))
                      .findFirst()
                      .orElseThrow(() -> nothing(volume));
              RcdCommand command = new RcdCommand.ForgetVolume(Long.parseLong(held.id()));
              return dryRun
                  ? CompletableFuture.completedFuture(
                      access.tried(command, (storage, answer) -> held))
                  : access.submitted(command).thenApply(forgotten -> held);
            });
  }

  /** Whoever names a volume that serves hears so, not that there is nothing. */
  private void refuseKnown(String volume) {
    boolean known =
        replica.read(
            state ->
                state.volumes().keySet().stream()
                    .anyMatch(number -> number.toString().equals(volume)));
    if (known) {
      throw new AerieException(
          ErrorCode.IN_USE,
          "Volume " + volume + " is known",
          "Only what belongs to no volume is forgotten.",
          "Delete the volume if it isn't needed.");
    }
  }

  private static AerieException nothing(String volume) {
    return new AerieException(
        ErrorCode.NOT_FOUND,
        "Nothing of a volume " + volume + " is in quarantine",
        "No node told of it since this one started.",
        "Look at the list of the quarantine.");
  }
}
