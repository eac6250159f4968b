package io.aerie.ardfs.admin;

import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.lists.ObservedStorage;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.rcd.DiskDuty;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.NodeView;
import io.aerie.storage.admin.StorageViews.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What disks are meant for, as administrators want it. */
final class DutyChanges {
  private final RcdReplica replica;
  private final RcdClient rcd;
  private final RcdAccess access;
  private final Supplier<Map<UUID, Long>> usedBytes;

  DutyChanges(
      RcdReplica replica, RcdClient rcd, RcdAccess access, Supplier<Map<UUID, Long>> usedBytes) {
    this.replica = replica;
    this.rcd = rcd;
    this.access = access;
    this.usedBytes = usedBytes;
  }

  CompletableFuture<Outcome<DiskView>> drainDisk(
      String id, boolean cancel, OptionalLong expected, boolean dryRun) {
    return rcd.catchUp(replica)
        .thenCompose(
            done -> {
              DiskRecord disk = access.disk(id);
              RcdAccess.requireRevision("Disk " + id, disk.revision(), expected);
              if (cancel && disk.duty() == DiskDuty.ABSENT) {
                throw givenUp(disk);
              }
              return assign(
                  List.of(disk),
                  cancel ? DiskDuty.SERVING : DiskDuty.DRAINING,
                  dryRun,
                  storage -> storage.disk(disk.id()).orElseThrow());
            });
  }

  CompletableFuture<Outcome<NodeView>> drainNode(
      String name, boolean cancel, OptionalLong expected, boolean dryRun) {
    return rcd.catchUp(replica)
        .thenCompose(
            done -> {
              NodeRecord node = access.node(name);
              RcdAccess.requireRevision("Node " + name, node.revision(), expected);
              return assign(
                  disksOf(node.id(), cancel),
                  cancel ? DiskDuty.SERVING : DiskDuty.DRAINING,
                  dryRun,
                  storage -> storage.node(node.id()).orElseThrow());
            });
  }

  /** One that drains is replaced already, and would serve when it is back if it were given up. */
  CompletableFuture<Outcome<DiskView>> failDisk(String id, OptionalLong expected, boolean dryRun) {
    return rcd.catchUp(replica)
        .thenCompose(
            done -> {
              DiskRecord disk = access.disk(id);
              RcdAccess.requireRevision("Disk " + id, disk.revision(), expected);
              boolean drains = disk.duty() == DiskDuty.DRAINING && !disk.up();
              return assign(
                  drains ? List.of() : List.of(disk),
                  DiskDuty.ABSENT,
                  dryRun,
                  storage -> storage.disk(disk.id()).orElseThrow());
            });
  }

  CompletableFuture<Outcome<DiskView>> removeDisk(
      String id, OptionalLong expected, boolean dryRun) {
    return rcd.catchUp(replica)
        .thenCompose(
            done -> {
              DiskRecord disk = access.disk(id);
              RcdAccess.requireRevision("Disk " + id, disk.revision(), expected);
              DiskView before = replica.list(storage -> storage.disk(disk.id())).orElseThrow();
              return assign(List.of(disk), DiskDuty.REMOVED, dryRun, storage -> before);
            });
  }

  /** Calling a draining off says nothing of disks that are away and given up. */
  private List<DiskRecord> disksOf(NodeId node, boolean cancel) {
    return replica.read(
        state ->
            state.disks().values().stream()
                .filter(disk -> disk.node().equals(node) && !disk.removed())
                .filter(disk -> !cancel || disk.duty() == DiskDuty.DRAINING)
                .toList());
  }

  private static AerieException givenUp(DiskRecord disk) {
    return new AerieException(
        ErrorCode.PRECONDITION_FAILED,
        "Disk " + disk.id() + " is not being drained: it is given up",
        "It is away, and others take the place of its members.",
        "It serves again by itself when it is back.");
  }

  private <T> CompletableFuture<Outcome<T>> assign(
      List<DiskRecord> disks, DiskDuty duty, boolean dryRun, Function<ObservedStorage, T> object) {
    List<DiskRecord> changed = disks.stream().filter(disk -> disk.duty() != duty).toList();
    RcdCommand command =
        new RcdCommand.AssignDuty(changed.stream().map(DiskRecord::id).toList(), duty);
    List<String> before = explained(changed, duty);
    if (dryRun) {
      return CompletableFuture.completedFuture(
          access.tried(
              command,
              (storage, answer) ->
                  outcome(storage, disks, before, answer, object.apply(storage), true)));
    }
    return rcd.submit(command)
        .thenCompose(
            answer ->
                rcd.catchUp(replica)
                    .thenApply(
                        done ->
                            replica.list(
                                storage ->
                                    outcome(
                                        storage,
                                        disks,
                                        before,
                                        answer,
                                        object.apply(storage),
                                        false))));
  }

  /** What each disk has to give away: counted by RCD, and measured by its node. */
  private List<String> explained(List<DiskRecord> changed, DiskDuty duty) {
    List<String> sentences = new ArrayList<>();
    if (changed.isEmpty()) {
      sentences.add("Nothing changes: no disk of it is meant for anything else.");
    }
    Map<UUID, Long> used = usedBytes.get();
    for (DiskRecord disk : changed) {
      if (duty == DiskDuty.SERVING) {
        sentences.add("Disk " + disk.id() + " serves again and keeps the members that it has.");
        continue;
      } else if (duty == DiskDuty.REMOVED) {
        sentences.add(
            "Disk "
                + disk.id()
                + " belongs to the cluster no more. What was written to it is still on it, and "
                + disk.path()
                + " can be added as a new disk.");
        continue;
      }
      long count = groupsOf(List.of(disk)).size();
      Long bytes = used.get(disk.id());
      sentences.add(
          "Disk "
              + disk.id()
              + " of "
              + disk.node()
              + " has members of "
              + count
              + " groups, "
              + (bytes == null ? "and what they use is not known now." : using(bytes)));
      if (duty == DiskDuty.ABSENT) {
        sentences.add(
            "Others take the place of its members where there are enough failure domains and room.");
      }
    }
    return sentences;
  }

  private static String using(long bytes) {
    return "which use " + new ByteSize(bytes) + ".";
  }

  private List<GroupRecord> groupsOf(List<DiskRecord> disks) {
    List<UUID> ids = disks.stream().map(DiskRecord::id).toList();
    return replica.read(
        state ->
            state.groups().values().stream()
                .filter(group -> group.members().stream().anyMatch(ids::contains))
                .toList());
  }

  private <T> Outcome<T> outcome(
      ObservedStorage storage,
      List<DiskRecord> disks,
      List<String> before,
      RcdAnswer answer,
      T object,
      boolean dryRun) {
    List<String> sentences = new ArrayList<>(before);
    sentences.addAll(answer.explanation());
    SortedSet<String> pools =
        disks.stream().map(DiskRecord::pool).collect(Collectors.toCollection(TreeSet::new));
    int tolerated =
        groupsOf(disks).stream()
            .mapToInt(group -> group.inSync().size() - group.redundancy().dataCount())
            .min()
            .orElse(0);
    return new Outcome<>(
        object,
        dryRun,
        pools.stream().mapToLong(pool -> freeBytes(storage, pool)).sum(),
        tolerated,
        sentences);
  }

  /** Of the disks that go on serving. */
  private static long freeBytes(ObservedStorage storage, String pool) {
    long serving =
        storage.disks(Map.of()).stream()
            .filter(disk -> disk.pool().equals(pool) && disk.duty().equals("serving"))
            .mapToLong(DiskView::capacityBytes)
            .sum();
    long promised = storage.pool(pool, Map.of()).map(view -> view.reservedBytes()).orElse(0L);
    return Math.max(0, serving - promised);
  }
}
