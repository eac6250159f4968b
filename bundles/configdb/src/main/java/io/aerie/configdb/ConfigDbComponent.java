package io.aerie.configdb;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.health.HealthProblem;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.messages.Messages;
import io.aerie.config.ConfigStore;
import io.aerie.config.copies.ConfigRebuild;
import io.aerie.config.copies.CopyDisks;
import io.aerie.config.schema.DocumentSchema;
import io.aerie.config.transfer.ConfigLogMove;
import io.aerie.config.transfer.ConfigTransfer;
import io.aerie.config.users.LdapDirectory;
import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.UserDirectory;
import io.aerie.configdb.copies.CopyPeers;
import io.aerie.configdb.copies.CopyRoom;
import io.aerie.configdb.move.LogPeers;
import io.aerie.configdb.move.LogRecord;
import io.aerie.configdb.move.LogRecordFile;
import io.aerie.configdb.move.LogRoom;
import io.aerie.configdb.schema.SchemaRegistry;
import io.aerie.configdb.state.LogName;
import io.aerie.event.EventSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link ConfigDbNode} while the configured provider is there. Providers come and go (an
 * update swaps them) without this component being restarted; a changed configuration restarts it.
 */
@Component(
    immediate = true,
    service = {},
    configurationPid = "io.aerie.configdb")
public final class ConfigDbComponent implements ConfigDbNode.Publisher {
  private static final Logger log = LoggerFactory.getLogger(ConfigDbComponent.class);

  private final ClusterIdentity identity;
  private final Map<ReplicatedLogProvider, String> providers = new ConcurrentHashMap<>();
  private final SchemaRegistry schemas = new SchemaRegistry();
  private volatile BundleContext context;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile CopyDisks disks;

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile Membership membership;

  private final CopyPeers peers = new CopyPeers(() -> Optional.ofNullable(disks), this::holdsData);
  private final LogPeers logPeers = new LogPeers(this::logStatus);
  private final LogRecordFile logRecord;
  private volatile String configured;
  private volatile ConfigDbNode node;
  private ServiceRegistration<HealthProblem> unreadable;

  @Activate
  public ConfigDbComponent(@Reference ClusterIdentity identity) {
    this.identity = identity;
    this.logRecord = new LogRecordFile(identity.dataDirectory("configdb"));
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  void addMessages(Messages messages) {
    peers.bind(messages);
    logPeers.bind(messages);
  }

  void removeMessages(Messages messages) {
    peers.unbind(messages);
    logPeers.unbind(messages);
  }

  /** For other nodes that ask before they found ConfigDB anew. */
  private boolean holdsData() {
    LogName log = record().log();
    ReplicatedLogProvider present = present().get(log.provider());
    if (present == null) {
      throw new AerieException(
          ErrorCode.UNAVAILABLE, "the provider of ConfigDB's log is not there yet");
    }
    return present.holds(log.name());
  }

  private LogRecord record() {
    String provider = configured;
    if (provider == null) {
      throw new AerieException(ErrorCode.UNAVAILABLE, "ConfigDB is not configured yet");
    }
    return logRecord.read(provider);
  }

  /** Without the lock: who closes a node holds it, and waits for who asks here. */
  private Map<String, ReplicatedLogProvider> present() {
    Map<String, ReplicatedLogProvider> byName = new HashMap<>();
    providers.forEach((provider, name) -> byName.put(name, provider));
    return byName;
  }

  private LogPeers.Status logStatus() {
    ConfigDbNode present = node;
    if (present == null) {
      throw new AerieException(ErrorCode.UNAVAILABLE, "ConfigDB is not there yet");
    }
    return present.logStatus();
  }

  /** All members that this node knows of, now or from its last life. */
  private Collection<NodeId> others() {
    Set<NodeId> known = new TreeSet<>(Comparator.comparing(NodeId::value));
    identity.seeds().forEach(seed -> known.add(seed.id()));
    Membership present = membership;
    if (present != null) {
      present.members().forEach(view -> known.add(view.member().id()));
    }
    known.remove(identity.self().id());
    return known;
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  synchronized void addProvider(ReplicatedLogProvider provider, Map<String, Object> properties) {
    providers.put(provider, String.valueOf(properties.get(ReplicatedLogProvider.PROVIDER)));
    settle();
  }

  synchronized void removeProvider(ReplicatedLogProvider provider) {
    String name = providers.remove(provider);
    // also one that carries a log only while ConfigDB moves: opened again, ConfigDB goes on with it
    if (node != null && node.uses(name)) {
      log.info("The provider '{}' of ConfigDB's log goes away", name);
      close();
    }
    settle();
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addSchema(DocumentSchema schema) {
    schemas.add(schema);
  }

  void removeSchema(DocumentSchema schema) {
    schemas.remove(schema);
  }

  @Activate
  synchronized void activate(BundleContext bundleContext, ConfigDbConfiguration configuration) {
    context = bundleContext;
    configured = configuration.provider();
    settle();
    if (node == null) {
      log.info("ConfigDB waits for the provider of its log, configured is '{}'", configured);
    }
  }

  /** Starts when the provider of the log is there and this component is active. */
  private void settle() {
    if (context == null || node != null) {
      return;
    }
    withdrawUnreadable();
    LogRecord record;
    try {
      record = record();
    } catch (AerieException e) {
      log.error("ConfigDB stays away on this node. {}", e.describe(), e);
      unreadable = register(new HealthProblem("ConfigDB", e));
      return;
    }
    if (!providers.containsValue(record.log().provider())) {
      return;
    }
    if (!record.log().provider().equals(configured)) {
      log.info("ConfigDB's log is {} since it moved; configured is '{}'", record.log(), configured);
    }
    CopyRoom copies = new CopyRoom(() -> Optional.ofNullable(disks), peers, this::others);
    LogRoom logs =
        new LogRoom(identity.self().id(), this::present, logRecord, logPeers, this::others);
    node = new ConfigDbNode(identity, configured, logs, schemas, copies, this);
    CompletableFuture<Void> unused = node.open();
  }

  @Override
  public AutoCloseable publish(HealthProblem problem) {
    return register(problem)::unregister;
  }

  private ServiceRegistration<HealthProblem> register(HealthProblem problem) {
    return context.registerService(HealthProblem.class, problem, null);
  }

  private void withdrawUnreadable() {
    if (unreadable != null) {
      unreadable.unregister();
      unreadable = null;
    }
  }

  @Override
  public AutoCloseable publish(ConfigDbNode.Services services) {
    BundleContext bundleContext = context;
    List<ServiceRegistration<?>> registrations =
        List.of(
            bundleContext.registerService(
                ReplicatedLog.class,
                services.log(),
                FrameworkUtil.asDictionary(Map.of(ReplicatedLog.NAME, LogRecord.FIRST_NAME))),
            bundleContext.registerService(ConfigStore.class, services.store(), null),
            bundleContext.registerService(UserDirectory.class, services.users(), null),
            bundleContext.registerService(LdapDirectory.class, services.ldap(), null),
            bundleContext.registerService(TokenDirectory.class, services.tokens(), null),
            bundleContext.registerService(ConfigTransfer.class, services.transfer(), null),
            bundleContext.registerService(ConfigRebuild.class, services.rebuild(), null),
            bundleContext.registerService(ConfigLogMove.class, services.logMove(), null),
            bundleContext.registerService(EventSource.class, services.events(), null));
    return () -> registrations.forEach(ServiceRegistration::unregister);
  }

  private void close() {
    if (node != null) {
      node.close();
      node = null;
    }
  }

  @Deactivate
  synchronized void deactivate() {
    close();
    withdrawUnreadable();
    context = null;
  }
}
