package io.aerie.configdb.transfer;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import io.aerie.config.transfer.ConfigTransfer.Progress;
import io.aerie.configdb.state.ConfigStateMachine.Contents;
import io.aerie.configdb.state.Lineage;
import io.aerie.configdb.state.Lineage.Operation;
import io.aerie.configdb.store.ReplicatedConfigStore;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Restores of any size. What fits into one transaction is one; the rest goes in steps.
 *
 * <pre>
 *  judge all --> mark: the lineage is RESTORING --> plan anew --> step, step, ... --> unmark
 *                  ^ run again: same id                    each: changes, and the mark's count
 * </pre>
 *
 * <p>While the mark is there, the store refuses all other transactions, on all nodes, from the very
 * revision on. Each step has the mark's revision among its conditions: of two that run at once the
 * first to mark again goes on and the other ends with PRECONDITION_FAILED. Running it again finds
 * by comparison what is left, so a step whose answer was lost is harmless.
 */
public final class SteppedRestore {
  private final ReplicatedConfigStore store;
  private final Clock clock;

  public SteppedRestore(ReplicatedConfigStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * What is to be done.
   *
   * @param kind import or rebuild
   * @param id of what is restored
   * @param dryRun judge only
   * @param takeOver end another restore that was left unfinished
   * @param marked in steps even when one transaction would do
   * @param end what becomes of the lineage that is being restored
   */
  public record Job(
      String kind,
      String id,
      boolean dryRun,
      boolean takeOver,
      boolean marked,
      UnaryOperator<Lineage> end) {}

  /**
   * What was done.
   *
   * @param plan as it was before the first step of this run
   * @param steps transactions
   */
  public record Done(ImportPlan plan, long revision, int steps) {}

  /**
   * @param planner makes the plan from what there is; called twice
   */
  public CompletableFuture<Done> run(
      Job job, Function<Contents, ImportPlan> planner, Consumer<Progress> progress) {
    return store.contents().thenCompose(contents -> begin(job, planner, contents, progress));
  }

  private CompletableFuture<Done> begin(
      Job job,
      Function<Contents, ImportPlan> planner,
      Contents contents,
      Consumer<Progress> progress) {
    Optional<Document> document = lineage(contents);
    Lineage lineage = document.map(Lineage::of).orElse(Lineage.OLDEST);
    checkFree(job, lineage.operation());
    ImportPlan plan = planner.apply(contents);
    store.checkAll(plan.changes());
    List<ConfigTransaction> steps = plan.steps();
    boolean marked = job.marked() || lineage.operation().isPresent() || steps.size() > 1;
    if (job.dryRun() || (!marked && steps.isEmpty())) {
      return CompletableFuture.completedFuture(new Done(plan, contents.revision(), steps.size()));
    }
    if (!marked) {
      return store.commit(steps.get(0)).thenApply(revision -> new Done(plan, revision, 1));
    }
    Lineage restoring =
        lineage.restoring(
            lineage
                .operation()
                .filter(under -> same(job, under))
                .orElseGet(() -> operation(job, lineage)));
    long before = document.map(Document::revision).orElse(0L);
    return store
        .commitStep(withMark(new ConfigTransaction(List.of(), List.of()), before, restoring))
        .thenCompose(
            mark ->
                store
                    .contents()
                    .thenCompose(now -> steps(job, planner.apply(now), restoring, mark, progress)))
        .thenApply(ended -> new Done(plan, ended.revision(), ended.steps()));
  }

  private static Optional<Document> lineage(Contents contents) {
    return contents.documents().stream()
        .filter(document -> document.path().equals(Lineage.PATH))
        .findAny();
  }

  private static boolean same(Job job, Operation operation) {
    return operation.kind().equals(job.kind()) && operation.id().equals(job.id());
  }

  private static void checkFree(Job job, Optional<Operation> under) {
    if (under.isPresent() && !same(job, under.get()) && !job.takeOver()) {
      throw new AerieException(
          ErrorCode.CONFLICT,
          "another restore of ConfigDB is under way, or was left unfinished",
          under.get().describe() + " It is of " + under.get().id() + ".",
          "Run that one again to finish it, or take over.");
    }
  }

  private Operation operation(Job job, Lineage lineage) {
    String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    return new Operation(job.kind(), job.id(), now, 0, lineage.restored().state());
  }

  private record Ended(long revision, int steps) {}

  private CompletableFuture<Ended> steps(
      Job job, ImportPlan plan, Lineage marked, long mark, Consumer<Progress> progress) {
    List<ConfigTransaction> steps = plan.steps();
    int count = steps.size() + 1;
    CompletableFuture<Marked> going = CompletableFuture.completedFuture(new Marked(mark, marked));
    for (int i = 0; i < steps.size(); i++) {
      ConfigTransaction step = steps.get(i);
      Progress reached = new Progress(i + 1, count);
      going =
          going.thenCompose(
              at -> {
                Lineage next =
                    at.lineage().restoring(at.lineage().operation().orElseThrow().next());
                return store
                    .commitStep(withMark(step, at.revision(), next))
                    .thenApply(
                        revision -> {
                          progress.accept(reached);
                          return new Marked(revision, next);
                        });
              });
    }
    ConfigTransaction nothing = new ConfigTransaction(List.of(), List.of());
    return going
        .thenCompose(
            at -> store.commitStep(withMark(nothing, at.revision(), job.end().apply(at.lineage()))))
        .thenCompose(revision -> store.awaitLocal(revision).thenApply(done -> revision))
        .thenApply(
            revision -> {
              progress.accept(new Progress(count, count));
              return new Ended(revision, count);
            });
  }

  private record Marked(long revision, Lineage lineage) {}

  private static ConfigTransaction withMark(
      ConfigTransaction step, long markRevision, Lineage lineage) {
    List<Condition> conditions = new ArrayList<>(step.conditions());
    conditions.add(0, new Condition(Lineage.PATH, markRevision));
    List<Change> changes = new ArrayList<>(step.changes());
    changes.add(lineage.put());
    return new ConfigTransaction(conditions, changes);
  }
}
