package io.aerie.upgrade.apply;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.membership.Membership.MemberView;
import io.aerie.config.ConfigStore;
import io.aerie.upgrade.apply.exchange.NodeExchange;
import io.aerie.upgrade.apply.exchange.NodeExchange.Result;
import io.aerie.upgrade.apply.exchange.NodeHealth;
import io.aerie.upgrade.apply.exchange.Services;
import io.aerie.upgrade.apply.node.Releases;
import io.aerie.upgrade.apply.run.Documents;
import io.aerie.upgrade.apply.run.Run;
import io.aerie.upgrade.apply.run.Run.Step;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's part in upgrades: it does what the run asks of it, and watches over who has to act.
 * Nobody leads. One thread does all, one step after the other.
 */
final class UpgradeAgent implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(UpgradeAgent.class);

  /** How often is looked what can't be watched: whether nodes are reached and storage is fit. */
  private static final long LOOK_S = 2;

  /** How long a run waits for a node, or for the cluster to be fit, before it stops. */
  static final Duration WAIT_MAX = Duration.ofMinutes(5);

  private final NodeId self;
  private final Services services;
  private final Releases releases;
  private final NodeHealth health;
  private final NodeExchange exchange;
  private final PackageFetcher fetcher;
  private final Going going;
  private final AtomicBoolean waking = new AtomicBoolean();
  private final ScheduledExecutorService executor;
  // the rest belongs to the executor's thread
  private Subscription watching = () -> {};
  private ConfigStore store;
  private String waitingFor = "";
  private long waitingSinceNs;

  UpgradeAgent(
      NodeId self,
      Services services,
      Releases releases,
      NodeHealth health,
      NodeExchange exchange,
      PackageFetcher fetcher,
      Going going) {
    this.self = self;
    this.services = services;
    this.releases = releases;
    this.health = health;
    this.exchange = exchange;
    this.fetcher = fetcher;
    this.going = going;
    this.executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "aerie-upgrade");
              thread.setDaemon(true);
              going.ranBy(thread);
              return thread;
            });
    // the task itself tells of its failures
    var unused = executor.scheduleWithFixedDelay(this::wake, LOOK_S, LOOK_S, TimeUnit.SECONDS);
  }

  /** ConfigDB came (or, when empty, went). */
  void useStore(Optional<ConfigStore> newStore) {
    execute(
        () -> {
          watching.close();
          watching = () -> {};
          store = newStore.orElse(null);
          if (store != null) {
            watching = store.watch(Documents.ROOT, store.localRevision(), event -> wake());
            wake();
          }
        });
  }

  private void wake() {
    if (waking.compareAndSet(false, true)) {
      execute(this::look);
    }
  }

  private void look() {
    waking.set(false);
    if (store == null || going.isEnding()) {
      return;
    }
    try {
      step(new RunDocument(store));
    } catch (AerieException e) {
      if (!going.isEnding()) {
        log.info("The upgrade can't go on now, trying again: {}", e.describe());
      }
    } catch (RuntimeException e) {
      log.warn("The upgrade can't go on now, trying again", e);
    }
  }

  private void step(RunDocument document) {
    Optional<Run> found = document.local();
    Step step = found.map(run -> run.stepOf(self)).orElse(Step.NOTHING);
    if (step != Step.EXCHANGE) {
      fetcher.fetch(store);
    }
    if (found.isEmpty()) {
      return;
    }
    Run run = found.get();
    switch (step) {
      case TAKE_TURN -> takeTurn(document, run);
      case EXCHANGE -> exchange(document, run);
      case FINISH -> change(document, run, Run::finished);
      case NOTHING -> watchOver(document, run);
      default -> throw new IllegalStateException("unknown step " + step);
    }
  }

  private void takeTurn(RunDocument document, Run run) {
    String problems = health.unfitness();
    if (problems.isEmpty()) {
      String release = releases.current().name();
      change(document, run, same -> same.turnOf(self, release, health.serving()));
    } else {
      waitFor(document, run, problems);
    }
  }

  private void exchange(RunDocument document, Run run) {
    log.info("Upgrade {}: {} goes {}", run.version(), self, Documents.text(run.direction()));
    Result result = attempt(run);
    going.requireGoingOn();
    log.info(
        "Upgrade {}: {} {} {}",
        run.version(),
        self,
        Documents.text(result.outcome()),
        result.why());
    switch (result.outcome()) {
      case ARRIVED -> change(document, run, same -> same.arrived(self));
      case FAILED -> {
        change(document, run, same -> same.failedOn(self, "On " + self + ": " + result.why()));
        releases.forgetGivenUp();
      }
      case BROKEN ->
          change(document, run, same -> same.stopped("On " + self + ": " + result.why()));
      case RESTARTING -> going.end();
      default -> throw new IllegalStateException("unknown outcome " + result.outcome());
    }
  }

  private Result attempt(Run run) {
    try {
      return exchange.bring(run, run.part(self).orElseThrow());
    } catch (AerieException e) {
      going.requireGoingOn();
      return new Result(NodeExchange.Outcome.BROKEN, e.describe());
    }
  }

  private void watchOver(RunDocument document, Run run) {
    Optional<NodeId> actor = run.actor();
    boolean away =
        actor.isPresent()
            && services.require(Membership.class).members().stream()
                .filter(MemberView::reachable)
                .noneMatch(member -> member.member().id().equals(actor.get()));
    if (away) {
      waitFor(document, run, "The node " + actor.get() + " is not reached.");
    } else {
      waitingFor = "";
    }
  }

  /** Stops the run when the same has kept it waiting for too long. */
  private void waitFor(RunDocument document, Run run, String problem) {
    String what = run.revision() + " " + problem;
    if (!what.equals(waitingFor)) {
      log.info("The upgrade to {} waits: {}", run.version(), problem);
      waitingFor = what;
      waitingSinceNs = System.nanoTime();
    } else if (System.nanoTime() - waitingSinceNs > WAIT_MAX.toNanos()) {
      change(document, run, same -> same.stopped(problem));
    }
  }

  /** Changes the run unless it is about something else by now: then the next step sees that. */
  private void change(RunDocument document, Run seen, UnaryOperator<Run> change) {
    waitingFor = "";
    var unused =
        document.change(
            List.of(),
            present -> {
              Run run = present.orElseThrow(() -> gone(seen));
              boolean same =
                  run.id().equals(seen.id())
                      && run.direction() == seen.direction()
                      && run.nodes().equals(seen.nodes())
                      && run.isOpen();
              return same ? change.apply(run) : run;
            });
    wake();
  }

  private static AerieException gone(Run seen) {
    return new AerieException(
        ErrorCode.NOT_FOUND, "The upgrade to " + seen.version() + " is no longer in ConfigDB");
  }

  private void execute(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("ended meanwhile", e);
    }
  }

  @Override
  public void close() {
    execute(() -> watching.close());
    going.end();
    executor.shutdown();
    if (going.isOwnThread()) {
      // it exchanges a bundle that this one can't be without, and ends when that is done
      return;
    }
    executor.shutdownNow();
  }
}
