package io.aerie.ardfs.component;

import io.aerie.ardfs.admin.ClientAttachments;
import io.aerie.ardfs.admin.ClusterStorage;
import io.aerie.ardfs.device.LocalDisks;
import io.aerie.ardfs.events.StorageEvents;
import io.aerie.ardfs.host.DiskAdding;
import io.aerie.ardfs.host.EngineHost;
import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.rcd.RcdLog;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.health.HealthProblem;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.config.ConfigStore;
import io.aerie.config.copies.CopyDisks;
import io.aerie.engine.node.NodeStatus.Quarantined;
import io.aerie.event.EventSource;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.block.Attachments;
import io.aerie.storage.block.BlockVolumes;
import io.aerie.storage.block.VolumeTraffic;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens RCD's log, then lets the engine live. Management (ConfigDB, messages, faces) and the log's
 * provider may come and go without any effect on volumes: only the identity is needed.
 */
@Component(
    service = {},
    immediate = true,
    configurationPid = "io.aerie.ardfs")
// Each ignored future is the end of a chain whose last step handles the failure.
@SuppressWarnings("FutureReturnValueIgnored")
public final class ArdfsComponent {
  private static final Logger log = LoggerFactory.getLogger(ArdfsComponent.class);
  private static final String LOG_NAME = "rcd";
  private static final long RECONCILE_SECONDS = 5;
  private static final long REOPEN_SECONDS = 5;

  private final BundleContext bundle;
  private final ClusterIdentity identity;
  private final RcdReplica replica = new RcdReplica();
  private final RcdLog rcdLog = new RcdLog();
  private final EngineHost host;
  private final ClusterStorage storage;
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("ardfs worker", true));

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile ConfigStore config;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile ClusterUsage usage;

  private final ExecutorService teller =
      Executors.newSingleThreadExecutor(new DefaultThreadFactory("ardfs events", true));
  private final ServiceRegistration<?> events;

  private ReplicatedLogProvider logs;
  private ServiceRegistration<?> healthProblem;
  private ServiceRegistration<?> rcdLogStatus;
  private ServiceRegistration<?> administration;
  private ServiceRegistration<?> ownUsage;
  private ServiceRegistration<?> traffic;
  private ServiceRegistration<?> attachments;
  private List<ServiceRegistration<?>> served = List.of();
  private boolean begun;
  private boolean closed;

  /** PID io.aerie.ardfs. */
  public @interface Settings {
    /** {@code data.tls}: whether messages between nodes are encrypted. */
    boolean data_tls() default true;

    /**
     * {@code absence.minutes}: a disk that is away for so long is no longer waited for, others take
     * the place of its members; 0 for never. That of the node that leads RCD's log counts.
     */
    int absence_minutes() default 10;
  }

  @Activate
  public ArdfsComponent(
      BundleContext bundle, @Reference ClusterIdentity identity, Settings settings) {
    this.bundle = bundle;
    this.identity = identity;
    // before the log is opened: what it reads again since its snapshot becomes history of events
    StorageEvents source =
        new StorageEvents(replica, EventSource.clusterEra(identity.clusterId()), teller);
    events = bundle.registerService(EventSource.class, source, null);
    LocalDisks disks = new LocalDisks(identity.dataDirectory("ardfs"));
    host =
        new EngineHost(
            identity,
            rcdLog,
            replica,
            disks,
            new EngineHost.Settings(settings.data_tls(), absenceNanos(settings.absence_minutes())),
            this::serving);
    storage =
        new ClusterStorage(
            replica,
            new RcdClient(rcdLog),
            new DiskAdding(host, replica, worker),
            () -> Optional.ofNullable(config),
            this::used,
            this::quarantined,
            host);
  }

  /** A wrong number must not keep a node's volumes from being served: then nobody is replaced. */
  private static long absenceNanos(int minutes) {
    if (minutes < 0) {
      log.error(
          "absence.minutes of PID io.aerie.ardfs is {}, less than 0: disks that stay away are not"
              + " replaced until it is set right and the node started again",
          minutes);
    }
    return minutes <= 0 ? Long.MAX_VALUE : TimeUnit.MINUTES.toNanos(minutes);
  }

  /** The provider of RCD's log came, for the first time or after an update. */
  @Reference(
      target = "(" + ReplicatedLogProvider.PROVIDER + "=ratis)",
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC)
  synchronized void setLogs(ReplicatedLogProvider provider) {
    logs = provider;
    worker.execute(() -> open(provider));
  }

  void unsetLogs(ReplicatedLogProvider provider) {
    synchronized (this) {
      if (logs == provider) {
        logs = null;
      }
    }
    log.info("the provider of RCD's log goes away; volumes go on");
    rcdLog.detach();
  }

  private void open(ReplicatedLogProvider provider) {
    List<NodeId> seeds = identity.seeds().stream().map(Member::id).toList();
    provider
        .open(new LogSpecification(LOG_NAME, replica.machine(), identity.founder(), seeds))
        .whenCompleteAsync((opened, failure) -> opened(provider, opened, failure), worker);
  }

  private synchronized void opened(
      ReplicatedLogProvider provider, ReplicatedLog opened, Throwable failure) {
    boolean wanted = !closed && logs == provider;
    unregister(healthProblem);
    healthProblem = null;
    if (failure != null) {
      if (wanted) {
        failed(provider, Causes.of(failure));
      }
    } else if (!wanted) {
      opened.close();
    } else {
      rcdLog.attach(opened);
      begin();
    }
  }

  private void failed(ReplicatedLogProvider provider, Throwable cause) {
    if (cause instanceof AerieException refusal && refusal.code() == ErrorCode.CORRUPT) {
      // no attempt would find it otherwise: what it says is for the administrator
      log.error("RCD stays away on this node. {}", refusal.describe(), refusal);
      healthProblem =
          bundle.registerService(HealthProblem.class, new HealthProblem("RCD", refusal), null);
      return;
    }
    log.error("RCD's log can't be opened; tried again in {} s", REOPEN_SECONDS, cause);
    worker.schedule(() -> open(provider), REOPEN_SECONDS, TimeUnit.SECONDS);
  }

  /** With the first opening of the log; later ones find everything going on. */
  private void begin() {
    if (begun) {
      return;
    }
    begun = true;
    host.start();
    rcdLogStatus =
        bundle.registerService(
            ReplicatedLog.class,
            rcdLog,
            FrameworkUtil.asDictionary(Map.of(ReplicatedLog.NAME, LOG_NAME)));
    administration = bundle.registerService(StorageAdministration.class, storage, null);
    ownUsage = bundle.registerService(OwnUsage.class, host::report, null);
    traffic = bundle.registerService(VolumeTraffic.class, host.traffic(), null);
    attachments =
        bundle.registerService(
            Attachments.class, new ClientAttachments(replica, new RcdClient(rcdLog)), null);
    worker.scheduleWithFixedDelay(
        () -> reconcile(storage), RECONCILE_SECONDS, RECONCILE_SECONDS, TimeUnit.SECONDS);
  }

  private static void reconcile(ClusterStorage storage) {
    try {
      storage.reconcile();
    } catch (RuntimeException e) {
      // A timer whose task throws stops for good; the next round may find ConfigDB again.
      log.info("wishes can't be carried out yet: {}", e.toString());
    }
  }

  private Map<UUID, Long> used() {
    ClusterUsage present = usage;
    return present == null ? Map.of() : present.usedBytes();
  }

  private Map<NodeId, List<Quarantined>> quarantined() {
    ClusterUsage present = usage;
    return present == null ? Map.of() : present.quarantined();
  }

  /**
   * Told by the host from its own thread, never while it holds a lock that {@link #close} needs.
   */
  private void serving(Optional<EngineHost.Serving> now) {
    List<ServiceRegistration<?>> before = served;
    served =
        now.map(
                life ->
                    List.<ServiceRegistration<?>>of(
                        bundle.registerService(BlockVolumes.class, life.volumes(), null),
                        bundle.registerService(CopyDisks.class, life.copies(), null)))
            .orElse(List.of());
    before.forEach(ArdfsComponent::unregister);
  }

  @Deactivate
  void close() {
    worker.shutdown();
    unregister(events);
    teller.shutdown();
    synchronized (this) {
      closed = true;
      unregister(healthProblem);
    }
    unregister(rcdLogStatus);
    unregister(administration);
    unregister(ownUsage);
    unregister(traffic);
    unregister(attachments);
    host.close();
    rcdLog.close();
  }

  private static void unregister(ServiceRegistration<?> registration) {
    if (registration == null) {
      return;
    }
    try {
      registration.unregister();
    } catch (IllegalStateException e) {
      log.debug("the framework has withdrawn a service already", e);
    }
  }
}
