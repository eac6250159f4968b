package io.aerie.upgrade.apply;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.messages.Messages;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change.Delete;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.upgrade.PackageManifest;
import io.aerie.upgrade.admin.UpgradeAdministration;
import io.aerie.upgrade.admin.UpgradeViews.PackageView;
import io.aerie.upgrade.admin.UpgradeViews.PlanView;
import io.aerie.upgrade.admin.UpgradeViews.RunView;
import io.aerie.upgrade.apply.cluster.NodeFacts;
import io.aerie.upgrade.apply.cluster.Peers;
import io.aerie.upgrade.apply.cluster.Plan;
import io.aerie.upgrade.apply.cluster.Waiting;
import io.aerie.upgrade.apply.exchange.LocalHealth;
import io.aerie.upgrade.apply.exchange.Services;
import io.aerie.upgrade.apply.node.PackageStore;
import io.aerie.upgrade.apply.node.PackageStore.Incoming;
import io.aerie.upgrade.apply.node.PackageStore.StoredPackage;
import io.aerie.upgrade.apply.node.Releases;
import io.aerie.upgrade.apply.run.Documents;
import io.aerie.upgrade.apply.run.Documents.PackageRecord;
import io.aerie.upgrade.apply.run.Run;
import io.aerie.upgrade.apply.run.Run.Direction;
import io.aerie.upgrade.apply.run.Run.Part;
import io.aerie.upgrade.apply.run.Run.State;
import java.io.InputStream;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** What administrators ask of upgrades: changes of the documents, which all nodes then act on. */
final class ClusterUpgrades implements UpgradeAdministration {
  private final Services services;
  private final PackageStore packages;
  private final Releases releases;
  private final LocalHealth health;
  private final Clock clock;
  private final Executor executor;

  /**
   * @param executor where other nodes are waited for
   */
  ClusterUpgrades(
      Services services,
      PackageStore packages,
      Releases releases,
      LocalHealth health,
      Clock clock,
      Executor executor) {
    this.services = services;
    this.packages = packages;
    this.releases = releases;
    this.health = health;
    this.clock = clock;
    this.executor = executor;
  }

  private <T> CompletableFuture<T> later(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, executor);
  }

  private ConfigStore store() {
    return services.require(ConfigStore.class);
  }

  @Override
  public PackageView check(InputStream content) {
    try (Incoming incoming = packages.receive(content)) {
      PackageManifest manifest = incoming.manifest();
      releases.current().installed().checkUpgradableBy(manifest);
      return UpgradeViewing.of(
          new PackageRecord(
              manifest.version().toString(), incoming.sha256(), incoming.sizeBytes(), 0),
          Optional.of(manifest),
          Map.of());
    }
  }

  @Override
  public CompletableFuture<PackageView> upload(InputStream content) {
    ConfigStore store = store();
    PackageRecord made;
    try (Incoming incoming = packages.receive(content)) {
      releases.current().installed().checkUpgradableBy(incoming.manifest());
      String version = incoming.manifest().version().toString();
      Optional<PackageRecord> known = known(store, version);
      if (known.isPresent() && !known.get().sha256().equals(incoming.sha256())) {
        throw new AerieException(
            ErrorCode.ALREADY_EXISTS,
            "There is another upgrade package of the version " + version,
            "It has the digest " + known.get().sha256() + ".",
            "A version is made once: take that package, or make the next version.");
      }
      StoredPackage kept = incoming.keep();
      made = new PackageRecord(version, kept.sha256(), kept.sizeBytes(), 0);
      if (known.isEmpty()) {
        Waiting.on(
            store.commit(
                new ConfigTransaction(List.of(new Condition(made.path(), 0)), List.of(made.put()))),
            RunDocument.LIMIT);
      }
    } catch (AerieException e) {
      return CompletableFuture.failedFuture(e);
    }
    return later(() -> view(record(made.version()), facts()));
  }

  private static Optional<PackageRecord> known(ConfigStore store, String version) {
    return Waiting.on(store.get(Documents.PACKAGES + "/" + version), RunDocument.LIMIT)
        .map(Documents::packageOf);
  }

  private PackageRecord record(String version) {
    if (!version.matches("[A-Za-z0-9._-]+")) {
      throw missing(version);
    }
    return known(store(), version).orElseThrow(() -> missing(version));
  }

  private static AerieException missing(String version) {
    return new AerieException(
        ErrorCode.NOT_FOUND,
        "There is no upgrade package of the version '" + version + "'",
        "",
        "List the packages to see what there is.");
  }

  private Map<NodeId, Optional<NodeFacts>> facts() {
    List<NodeId> members =
        services.require(Membership.class).members().stream()
            .map(member -> member.member().id())
            .toList();
    return Waiting.on(
        new Peers(services.require(Messages.class)).facts(members), RunDocument.LIMIT);
  }

  @Override
  public CompletableFuture<List<PackageView>> packages() {
    return later(
        () -> {
          Map<NodeId, Optional<NodeFacts>> facts = facts();
          List<PackageView> views = new ArrayList<>();
          Waiting.on(store().list(Documents.PACKAGES), RunDocument.LIMIT)
              .forEach(document -> views.add(view(Documents.packageOf(document), facts)));
          return views;
        });
  }

  @Override
  public CompletableFuture<PackageView> delete(
      String version, OptionalLong expected, boolean dryRun) {
    return later(
        () -> {
          Optional<Run> run = new RunDocument(store()).get();
          PackageRecord known = record(version);
          checkRevision(known, expected);
          if (run.filter(Run::isOpen).map(Run::sha256).filter(known.sha256()::equals).isPresent()) {
            throw new AerieException(
                ErrorCode.UPGRADE_UNDER_WAY,
                "The upgrade to " + version + " has not ended",
                "Nodes read the package while they are exchanged.",
                "Wait for its end, or roll it back.");
          }
          PackageView view = view(known, facts());
          ConfigTransaction transaction =
              new ConfigTransaction(
                  List.of(
                      new Condition(known.path(), known.revision()),
                      new Condition(Documents.RUN, run.map(Run::revision).orElse(0L))),
                  List.of(new Delete(known.path())));
          Waiting.on(
              dryRun ? store().check(transaction) : store().commit(transaction), RunDocument.LIMIT);
          return view;
        });
  }

  private static void checkRevision(PackageRecord known, OptionalLong expected) {
    if (expected.isPresent() && expected.getAsLong() != known.revision()) {
      throw new AerieException(
          ErrorCode.PRECONDITION_FAILED,
          "The package has another revision than expected",
          "It has revision " + known.revision() + ", not " + expected.getAsLong() + ".",
          "Read it again, then decide.");
    }
  }

  private PackageView view(PackageRecord known, Map<NodeId, Optional<NodeFacts>> facts) {
    return UpgradeViewing.of(
        known, packages.find(known.sha256()).map(StoredPackage::manifest), facts);
  }

  private Plan planNow(String version) {
    PackageRecord known = record(version);
    StoredPackage stored =
        packages
            .find(known.sha256())
            .orElseThrow(
                () ->
                    new AerieException(
                        ErrorCode.UPGRADE_PACKAGE_MISSING,
                        "This node has not fetched the package " + version + " yet",
                        "",
                        "Try again in a moment, or ask another node."));
    return new Plan(
        known,
        stored.manifest(),
        new RunDocument(store()).get(),
        facts(),
        health.fitness(),
        services.require(StorageAdministration.class).pools());
  }

  @Override
  public CompletableFuture<PlanView> plan(String version) {
    return later(() -> UpgradeViewing.of(planNow(version)));
  }

  @Override
  public CompletableFuture<RunView> start(String version) {
    return later(
        () -> {
          Plan plan = planNow(version);
          plan.require();
          Run run = begin(plan);
          return changed(
              List.of(new Condition(plan.known().path(), plan.known().revision())),
              present -> {
                if (!present.equals(plan.last())) {
                  throw new AerieException(
                      ErrorCode.UPGRADE_UNDER_WAY,
                      "Another upgrade was begun at the same moment",
                      "",
                      "Look at it.");
                }
                return run;
              });
        });
  }

  private Run begin(Plan plan) {
    return new Run(
        UUID.randomUUID().toString(),
        plan.known().sha256(),
        plan.known().version(),
        releases.current().version().toString(),
        Plan.exchange(plan.manifest()),
        Direction.FORWARD,
        State.RUNNING,
        "",
        clock.instant().truncatedTo(ChronoUnit.SECONDS),
        plan.facts().keySet().stream().map(Part::of).toList(),
        0);
  }

  @Override
  public Optional<RunView> run() {
    return new RunDocument(store()).local().map(UpgradeViewing::of);
  }

  @Override
  public CompletableFuture<RunView> pause() {
    return steer(
        Set.of(State.RUNNING), run -> run.with(run.direction(), State.PAUSED, run.why()), "paused");
  }

  @Override
  public CompletableFuture<RunView> resume() {
    return steer(
        Set.of(State.PAUSED, State.STOPPED),
        run -> run.with(run.direction(), State.RUNNING, run.why()),
        "resumed");
  }

  @Override
  public CompletableFuture<RunView> rollBack() {
    return steer(
        Set.of(State.RUNNING, State.PAUSED, State.STOPPED, State.DONE),
        run -> {
          if (run.direction() == Direction.BACK) {
            throw refusal(run, "rolled back", "It goes back already.");
          }
          return run.with(Direction.BACK, State.RUNNING, "An administrator wanted it back.");
        },
        "rolled back");
  }

  private CompletableFuture<RunView> steer(
      Set<State> from, UnaryOperator<Run> change, String what) {
    return later(
        () ->
            changed(
                List.of(),
                present -> {
                  Run run =
                      present.orElseThrow(
                          () ->
                              new AerieException(
                                  ErrorCode.PRECONDITION_FAILED, "There is no upgrade"));
                  if (!from.contains(run.state())) {
                    throw refusal(run, what, "It is " + Documents.text(run.state()) + ".");
                  }
                  return change.apply(run);
                }));
  }

  private static AerieException refusal(Run run, String what, String why) {
    return new AerieException(
        ErrorCode.PRECONDITION_FAILED,
        "The upgrade to " + run.version() + " can't be " + what,
        why,
        "Look how far it is.");
  }

  private RunView changed(List<Condition> further, Function<Optional<Run>, Run> change) {
    return UpgradeViewing.of(new RunDocument(store()).change(further, change));
  }
}
