package io.aerie.configdb.copies;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import io.aerie.config.copies.ConfigRebuild;
import io.aerie.config.copies.CopyDisks.Label;
import io.aerie.config.transfer.ConfigTransfer.Progress;
import io.aerie.configdb.copies.CopyCodec.Opened;
import io.aerie.configdb.copies.CopySurvey.Place;
import io.aerie.configdb.state.ConfigStateMachine.Contents;
import io.aerie.configdb.state.Lineage;
import io.aerie.configdb.state.Paths;
import io.aerie.configdb.store.Futures;
import io.aerie.configdb.store.ReplicatedConfigStore;
import io.aerie.configdb.transfer.ImportPlan;
import io.aerie.configdb.transfer.SteppedRestore;
import io.aerie.configdb.transfer.SteppedRestore.Job;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rebuilds ConfigDB from the newest copy that can be opened. Records of nodes that wrote theirs
 * since stay as they are; all else becomes as it was in the copy, the user of the founding
 * included.
 */
public final class StoreRebuild implements ConfigRebuild {
  private static final Logger log = LoggerFactory.getLogger(StoreRebuild.class);
  private static final String NODES = "cluster/nodes";

  private final ReplicatedConfigStore store;
  private final CopySurvey survey;
  private final CopyCodec codec;
  private final Clock clock;

  StoreRebuild(ReplicatedConfigStore store, CopySurvey survey, CopyCodec codec, Clock clock) {
    this.store = store;
    this.survey = survey;
    this.codec = codec;
    this.clock = clock;
  }

  private record Chosen(Place place, Opened opened) {}

  @Override
  public CompletableFuture<Outcome> rebuild(Wish wish, Consumer<Progress> progress) {
    return Futures.start(
        () ->
            survey
                .look()
                .thenCompose(
                    found ->
                        store
                            .contents()
                            .thenCompose(contents -> judged(wish, found, contents, progress))));
  }

  private CompletableFuture<Outcome> judged(
      Wish wish, CopySurvey.Result found, Contents contents, Consumer<Progress> progress) {
    Optional<Document> document =
        contents.documents().stream().filter(d -> d.path().equals(Lineage.PATH)).findAny();
    Lineage lineage = document.map(Lineage::of).orElse(Lineage.OLDEST);
    if (!wish.dryRun() && !wish.withoutMissing() && !found.missing().isEmpty()) {
      throw notAllAsked("not all disks", found);
    }
    if (wish.discard()) {
      return discard(wish, found, document, lineage, contents.revision());
    }
    if (!wish.dryRun() && !wish.force()) {
      checkEmpty(contents, lineage);
    }
    List<Place> former =
        found.places().stream().filter(place -> !isOf(place.copy().label(), lineage)).toList();
    // copies of what is there: to go back to, or to look at
    boolean any = wish.force() || (wish.dryRun() && former.isEmpty());
    List<Place> candidates = any ? found.places() : former;
    if (candidates.isEmpty() && !found.missing().isEmpty() && !wish.withoutMissing()) {
      throw notAllAsked("no copy of a former ConfigDB is found, and not all disks", found);
    }
    return choose(candidates, 0)
        .thenCompose(chosen -> restore(wish, found, lineage, chosen, progress));
  }

  private static AerieException notAllAsked(String what, CopySurvey.Result found) {
    return new AerieException(
        ErrorCode.UNAVAILABLE,
        what + " can be asked for copies of ConfigDB",
        String.join("; ", found.missing()) + ". The newest copy may be there.",
        "Bring them up, or say that it goes without them.");
  }

  private static boolean isOf(Label label, Lineage lineage) {
    return label.lineage().equals(lineage.id());
  }

  /** Founded after the loss, with nothing that people made since; or half restored. */
  private static void checkEmpty(Contents contents, Lineage lineage) {
    if (lineage.state() == Lineage.State.RESTORING) {
      return;
    }
    Optional<Document> made =
        contents.documents().stream()
            .filter(document -> !Paths.covers("cluster", document.path()))
            .filter(document -> !Paths.covers("users", document.path()))
            .findFirst();
    if (lineage.state() != Lineage.State.NEW || made.isPresent()) {
      throw new AerieException(
          ErrorCode.CONFLICT,
          "ConfigDB is not empty",
          lineage.state() == Lineage.State.NEW
              ? "It has '" + made.get().path() + "', for example."
              : "It is whole: its replicas were not lost.",
          "A dry run tells what would change; force makes it so.");
    }
  }

  private CompletableFuture<Outcome> discard(
      Wish wish,
      CopySurvey.Result found,
      Optional<Document> document,
      Lineage lineage,
      long revision) {
    if (lineage.state() == Lineage.State.RESTORING && !wish.force()) {
      throw new AerieException(
          ErrorCode.CONFLICT,
          "ConfigDB is being restored and not whole",
          lineage.operation().orElseThrow().describe(),
          "Run that again to finish it; force keeps what there is.");
    }
    Condition unchanged = new Condition(Lineage.PATH, document.map(Document::revision).orElse(0L));
    Lineage kept = lineage.whole(Math.max(found.orderMax(), lineage.order()) + 1);
    CompletableFuture<Long> done =
        wish.dryRun()
            ? CompletableFuture.completedFuture(revision)
            : store.commitStep(new ConfigTransaction(List.of(unchanged), List.of(kept.put())));
    return done.thenApply(
        reached ->
            new Outcome(
                wish.dryRun(),
                describe(found, lineage, Optional.empty()),
                found.missing(),
                Optional.empty(),
                0,
                0,
                List.of(),
                List.of(),
                reached));
  }

  /** The newest that can be read and opened. */
  private CompletableFuture<Chosen> choose(List<Place> candidates, int next) {
    if (candidates.isEmpty()) {
      throw new AerieException(
          ErrorCode.NOT_FOUND,
          "no disk has a copy of a former ConfigDB",
          "Disks that were formatted by older releases have no room for one.",
          "Import an export, if there is one.");
    }
    if (next == candidates.size()) {
      throw new AerieException(
          ErrorCode.CORRUPT,
          "none of " + next + " copies of ConfigDB can be opened",
          "Their key is derived from the cluster's CA. The node's log tells of each.",
          "Import an export, if there is one.");
    }
    Place place = candidates.get(next);
    return survey
        .read(place)
        .thenApply(content -> new Chosen(place, codec.decode(content, place.copy().label())))
        .exceptionallyCompose(
            failure -> {
              log.warn("The copy {} can't be used", place, Causes.of(failure));
              return Futures.start(() -> choose(candidates, next + 1));
            });
  }

  private CompletableFuture<Outcome> restore(
      Wish wish,
      CopySurvey.Result found,
      Lineage lineage,
      Chosen chosen,
      Consumer<Progress> progress) {
    Label label = chosen.place().copy().label();
    long order = Math.max(found.orderMax(), lineage.order()) + 1;
    Job job =
        new Job(
            "rebuild",
            "lineage " + label.lineage() + " at revision " + label.revision(),
            wish.dryRun(),
            wish.force(),
            true,
            restored -> restored.whole(order));
    return new SteppedRestore(store, clock)
        .run(
            job,
            contents ->
                ImportPlan.of(
                    chosen.opened().entries(),
                    contents,
                    document -> Paths.covers(NODES, document.path()),
                    document -> !Paths.covers("cluster", document.path())),
            progress)
        .thenApply(
            done ->
                new Outcome(
                    wish.dryRun(),
                    describe(found, lineage, Optional.of(chosen.place())),
                    found.missing(),
                    Optional.of(describe(chosen.place(), lineage, true)),
                    chosen.opened().entries().size(),
                    done.plan().unchanged(),
                    done.plan().planned(),
                    chosen.opened().notInCopy(),
                    done.revision()));
  }

  private static List<Found> describe(
      CopySurvey.Result found, Lineage lineage, Optional<Place> chosen) {
    return found.places().stream()
        .map(place -> describe(place, lineage, chosen.filter(place::equals).isPresent()))
        .toList();
  }

  private static Found describe(Place place, Lineage lineage, boolean chosen) {
    return new Found(
        place.node().value(),
        place.disk().disk(),
        place.disk().path(),
        place.copy(),
        chosen,
        isOf(place.copy().label(), lineage));
  }
}
