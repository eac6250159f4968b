package io.aerie.upgrade.apply;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Subscription;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.messages.Messages;
import io.aerie.config.ConfigStore;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.block.BlockVolumes;
import io.aerie.upgrade.admin.UpgradeAdministration;
import io.aerie.upgrade.apply.cluster.NodeFacts;
import io.aerie.upgrade.apply.cluster.Peers;
import io.aerie.upgrade.apply.exchange.LocalHealth;
import io.aerie.upgrade.apply.exchange.NodeExchange;
import io.aerie.upgrade.apply.exchange.RunningBundles;
import io.aerie.upgrade.apply.exchange.Services;
import io.aerie.upgrade.apply.node.PackageStore;
import io.aerie.upgrade.apply.node.PackageStore.StoredPackage;
import io.aerie.upgrade.apply.node.Release;
import io.aerie.upgrade.apply.node.Releases;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.component.runtime.ServiceComponentRuntime;

/** Puts upgrades together, over subsystems that come and go. */
@Component(
    immediate = true,
    service = {})
public final class UpgradeComponent {
  /** The least time in which a loaded node of two cores serves again after a restart, thrice. */
  private static final Duration VERIFICATION = Duration.ofMinutes(3);

  private static final String STARTED_AGAIN = "AERIE_STARTED_AGAIN";

  private final Services services = new Services();
  private final Going going = new Going();
  private final ExecutorService executor =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "aerie-upgrade-answers");
            thread.setDaemon(true);
            return thread;
          });
  private final Releases releases;
  private final PackageStore packages;
  private final UpgradeAgent agent;
  private final ServiceRegistration<UpgradeAdministration> registration;
  private Subscription answering = () -> {};

  /** Begins; what the run asks of this node goes on where it was. */
  @Activate
  public UpgradeComponent(
      BundleContext context,
      @Reference ClusterIdentity identity,
      @Reference ServiceComponentRuntime components)
      throws IOException {
    Path home = Path.of(context.getProperty("karaf.home"));
    Path node = Path.of(context.getProperty("karaf.base"));
    releases = new Releases(home, node);
    packages = new PackageStore(releases.packages(), releases::pinnedKey, Clock.systemUTC());
    Member self = identity.self();
    LocalHealth health = new LocalHealth(self, services);
    NodeExchange exchange =
        new NodeExchange(
            releases,
            this::stored,
            new RunningBundles(context, components),
            health,
            () -> going.patience(VERIFICATION));
    agent =
        new UpgradeAgent(
            self.id(),
            services,
            releases,
            health,
            exchange,
            new PackageFetcher(self.id(), services, packages),
            going);
    registration =
        context.registerService(
            UpgradeAdministration.class,
            new ClusterUpgrades(services, packages, releases, health, Clock.systemUTC(), executor),
            null);
  }

  private StoredPackage stored(String sha256) {
    return packages
        .find(sha256)
        .orElseThrow(
            () ->
                new AerieException(
                    ErrorCode.UPGRADE_PACKAGE_MISSING,
                    "This node no longer has the upgrade package",
                    "",
                    "Roll back, and upload it again."));
  }

  private NodeFacts facts() {
    Release current = releases.current();
    return new NodeFacts(
        current.version(),
        current.name(),
        current.installed().features(),
        releases.freeBytes(),
        "yes".equals(System.getenv(STARTED_AGAIN)),
        packages.digests());
  }

  /** ConfigDB is there. */
  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  public void setStore(ConfigStore store) {
    services.set(ConfigStore.class, store);
    agent.useStore(Optional.of(store));
  }

  /** ConfigDB goes. */
  public void unsetStore(ConfigStore store) {
    services.unset(ConfigStore.class, store);
    agent.useStore(services.find(ConfigStore.class));
  }

  /** Other nodes can be asked, and answered. */
  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  public synchronized void setMessages(Messages messages) {
    services.set(Messages.class, messages);
    answering.close();
    answering = new Peers(messages).answer(this::facts, packages, executor);
  }

  /** They can't. */
  public synchronized void unsetMessages(Messages messages) {
    if (services.find(Messages.class).filter(messages::equals).isPresent()) {
      services.unset(Messages.class, messages);
      answering.close();
      answering = () -> {};
    }
  }

  /** Membership is there. */
  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  public void setMembership(Membership membership) {
    services.set(Membership.class, membership);
  }

  /** Membership goes. */
  public void unsetMembership(Membership membership) {
    services.unset(Membership.class, membership);
  }

  /** Storage's administration is there. */
  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  public void setStorage(StorageAdministration storage) {
    services.set(StorageAdministration.class, storage);
  }

  /** Storage's administration goes. */
  public void unsetStorage(StorageAdministration storage) {
    services.unset(StorageAdministration.class, storage);
  }

  /** Volumes can be opened. */
  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  public void setVolumes(BlockVolumes volumes) {
    services.set(BlockVolumes.class, volumes);
  }

  /** Volumes can't be opened. */
  public void unsetVolumes(BlockVolumes volumes) {
    services.unset(BlockVolumes.class, volumes);
  }

  /** Ends; a node that is being exchanged is finished by whoever starts next. */
  @Deactivate
  public synchronized void stop() {
    registration.unregister();
    agent.close();
    answering.close();
    executor.shutdownNow();
  }
}
