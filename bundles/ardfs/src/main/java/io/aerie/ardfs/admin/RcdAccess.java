package io.aerie.ardfs.admin;

import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.lists.ObservedStorage;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.rcd.DiskRecord;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.PoolRecord;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.storage.admin.StorageViews.Outcome;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;

/** What changes have in common: finding what is meant, trying it, and seeing what was made. */
final class RcdAccess {
  private final RcdReplica replica;
  private final RcdClient rcd;

  RcdAccess(RcdReplica replica, RcdClient rcd) {
    this.replica = replica;
    this.rcd = rcd;
  }

  /** What a command would come to; changes nothing. Throws its refusal. */
  <T> T tried(RcdCommand command, BiFunction<ObservedStorage, RcdAnswer, T> seen) {
    return tried(List.of(command), seen);
  }

  /**
   * The same of several, one after the other.
   *
   * @param seen gets the answer of the first
   */
  <T> T tried(List<RcdCommand> commands, BiFunction<ObservedStorage, RcdAnswer, T> seen) {
    return replica.read(
        state -> {
          RcdState copy = state.copy();
          List<RcdAnswer> answers = new ArrayList<>();
          for (RcdCommand command : commands) {
            byte[] answer = copy.apply(copy.index() + 1, RcdCommands.encode(command)).answer();
            answers.add(RcdAnswer.decode(answer).orThrow());
          }
          return seen.apply(new ObservedStorage(copy), answers.get(0));
        });
  }

  /** Carries a command out; lists on this node show the change when it is done. */
  CompletableFuture<Void> submitted(RcdCommand command) {
    return rcd.submit(command).thenCompose(answer -> rcd.catchUp(replica));
  }

  /**
   * Carries a command out, or what it would come to. It is tried first, so that what will be
   * refused is not begun.
   *
   * @param submission how, unless it is a dry run
   */
  <T> CompletableFuture<T> carriedOut(
      RcdCommand command,
      Function<ObservedStorage, Optional<T>> object,
      boolean dryRun,
      Function<RcdCommand, CompletableFuture<Void>> submission) {
    T tried = tried(command, (storage, answer) -> object.apply(storage).orElseThrow());
    return dryRun
        ? CompletableFuture.completedFuture(tried)
        : submission.apply(command).thenApply(done -> replica.list(object).orElseThrow());
  }

  /** The volume that has the name, or the id, as of now. */
  CompletableFuture<VolumeRecord> volume(String nameOrId) {
    return rcd.catchUp(replica)
        .thenApply(
            done ->
                replica
                    .read(state -> state.volume(nameOrId))
                    .orElseThrow(() -> noVolume(nameOrId)));
  }

  /** The volume's snapshot that has the name, or the id. */
  SnapshotRecord snapshot(VolumeRecord volume, String nameOrId) {
    return replica.read(
        state ->
            state.snapshots().values().stream()
                .filter(snapshot -> snapshot.volume() == volume.number())
                .filter(
                    snapshot ->
                        snapshot.name().equals(nameOrId)
                            || snapshot.id().toString().equals(nameOrId))
                .findFirst()
                .orElseThrow(
                    () ->
                        new AerieException(
                            ErrorCode.NOT_FOUND,
                            "Volume '" + volume.name() + "' has no snapshot '" + nameOrId + "'")));
  }

  /** The node of that name; empty when there is none. */
  Optional<NodeRecord> find(String node) {
    return replica.read(
        state ->
            state.nodes().values().stream()
                .filter(known -> known.id().value().equals(node))
                .findFirst());
  }

  /** The node of that name. */
  NodeRecord node(String name) {
    return find(name).orElseThrow(() -> none("node", name));
  }

  /**
   * The disk of that id: a path is one of several nodes, and it is no small thing to take
   * another's.
   */
  DiskRecord disk(String id) {
    return replica
        .read(
            state ->
                state.disks().values().stream()
                    .filter(disk -> disk.id().toString().equals(id) && !disk.removed())
                    .findFirst())
        .orElseThrow(() -> none("disk", id));
  }

  private static AerieException none(String kind, String id) {
    return new AerieException(
        ErrorCode.NOT_FOUND,
        "There is no " + kind + " '" + id + "'",
        "",
        "The list of " + kind + "s shows their ids.");
  }

  /** Refuses a change of what is not as its caller saw it. */
  static void requireRevision(String what, long revision, OptionalLong expected) {
    if (expected.isPresent() && expected.getAsLong() != revision) {
      throw new AerieException(
          ErrorCode.PRECONDITION_FAILED,
          what + " has changed",
          "Its revision is " + revision + ", not " + expected.getAsLong() + ".",
          "");
    }
  }

  /** The pool of that name or id, at the revision that is meant. */
  PoolRecord pool(String nameOrId, OptionalLong expectedRevision) {
    PoolRecord pool = replica.read(state -> pool(state, nameOrId));
    PoolView seen = replica.list(storage -> storage.pool(pool.number())).orElseThrow();
    requireRevision("Pool '" + pool.name() + "'", seen.revision(), expectedRevision);
    return pool;
  }

  /** The pool that has the name, or the id. */
  static PoolRecord pool(RcdState state, String nameOrId) {
    return state.pools().values().stream()
        .filter(pool -> pool.name().equals(nameOrId) || pool.id().toString().equals(nameOrId))
        .findFirst()
        .orElseThrow(
            () -> new AerieException(ErrorCode.NOT_FOUND, "There is no pool '" + nameOrId + "'"));
  }

  static AerieException noVolume(String nameOrId) {
    return new AerieException(ErrorCode.NOT_FOUND, "There is no volume '" + nameOrId + "'");
  }

  /** Shows what was made, unless others were quicker to delete it. */
  CompletableFuture<VolumeView> made(long number, String name) {
    return replica
        .await(
            state -> state.volumes().containsKey(number) || state.deletedVolumes().contains(number))
        .thenApply(
            done ->
                replica
                    .list(storage -> storage.volume(number))
                    .orElseThrow(() -> deletedMeanwhile("Volume", name)));
  }

  static AerieException deletedMeanwhile(String kind, String name) {
    return new AerieException(
        ErrorCode.TIMED_OUT,
        kind + " '" + name + "' was made, and deleted before it could be shown",
        "Somebody else deleted it at the same time.",
        "Look before you try again.");
  }

  VolumeView view(VolumeRecord volume) {
    return replica
        .list(storage -> storage.volume(volume.number()))
        .orElseThrow(() -> RcdAccess.noVolume(volume.name()));
  }

  /** What a change of a volume, or of what belongs to it, would come to. */
  <T> CompletableFuture<Outcome<T>> tried(
      RcdCommand command,
      VolumeRecord volume,
      String why,
      BiFunction<ObservedStorage, RcdAnswer, T> object) {
    return CompletableFuture.completedFuture(
        tried(
            command,
            (storage, answer) ->
                outcome(storage, volume, why, object.apply(storage, answer), true)));
  }

  /** What RCD said of a change. */
  static <T> Outcome<T> outcome(RcdAnswer answer, T object, boolean dryRun) {
    return new Outcome<>(
        object,
        dryRun,
        answer.freeBytesAfter(),
        answer.toleratedNodeFailures(),
        answer.explanation());
  }

  /** What it came to. */
  <T> Outcome<T> done(VolumeRecord volume, String why, T object) {
    return replica.list(storage -> outcome(storage, volume, why, object, false));
  }

  private static <T> Outcome<T> outcome(
      ObservedStorage storage, VolumeRecord volume, String why, T object, boolean dryRun) {
    PoolView pool = storage.pool(volume.pool()).orElseThrow();
    return new Outcome<>(
        object,
        dryRun,
        pool.capacityBytes() - pool.reservedBytes(),
        volume.redundancy().parityCount(),
        List.of(why));
  }
}
