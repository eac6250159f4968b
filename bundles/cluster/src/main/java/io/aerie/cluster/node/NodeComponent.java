package io.aerie.cluster.node;

import io.aerie.base.AerieException;
import io.aerie.cluster.identity.AuthorityRotation;
import io.aerie.cluster.identity.ClusterAdmission;
import io.aerie.cluster.identity.ClusterDeparture;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.RestCertificate;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.membership.Membership;
import io.aerie.config.ConfigStore;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives {@link NodeLife} its configuration and the services that come and go. */
@Component(
    immediate = true,
    service = {},
    configurationPid = "io.aerie.node",
    configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class NodeComponent {
  private static final Logger log = LoggerFactory.getLogger(NodeComponent.class);

  private final BundleContext context;
  private final NodeLife life;
  private ConfigStore boundStore;
  private Membership boundMembership;
  private ReplicatedLog boundLog;

  @Activate
  public NodeComponent(BundleContext context) {
    this.context = context;
    this.life = new NodeLife(this::publish, Clock.systemUTC(), new SecureRandom());
  }

  @Activate
  @Modified
  void configure(NodeConfiguration configuration) {
    String karafData = context.getProperty("karaf.data");
    Path defaultData =
        Path.of(karafData == null ? "data" : karafData).toAbsolutePath().resolve("aerie");
    try {
      life.configure(NodeSettings.of(configuration, defaultData));
    } catch (AerieException e) {
      // the former state goes on; a corrected file comes here again
      log.error("{}", e.describe());
    }
  }

  private AutoCloseable publish(NodeServices services) {
    List<ServiceRegistration<?>> registrations =
        List.of(
            context.registerService(ClusterIdentity.class, services.identity(), null),
            context.registerService(ClusterAdmission.class, services.admission(), null),
            context.registerService(ClusterDeparture.class, services.departure(), null),
            context.registerService(RestCertificate.class, services.restCertificate(), null),
            context.registerService(AuthorityRotation.class, services.authorityRotation(), null));
    return () -> {
      for (int index = registrations.size() - 1; index >= 0; index--) {
        registrations.get(index).unregister();
      }
    };
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  synchronized void bindStore(ConfigStore store) {
    boundStore = store;
    life.useStore(Optional.of(store));
  }

  synchronized void unbindStore(ConfigStore store) {
    // a greedy replacement is bound before the former is unbound
    if (boundStore == store) {
      boundStore = null;
      life.useStore(Optional.empty());
    }
  }

  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  synchronized void bindMembership(Membership membership) {
    boundMembership = membership;
    life.useMembership(Optional.of(membership));
  }

  synchronized void unbindMembership(Membership membership) {
    if (boundMembership == membership) {
      boundMembership = null;
      life.useMembership(Optional.empty());
    }
  }

  @Reference(
      target = "(" + ReplicatedLog.NAME + "=config)",
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  synchronized void bindConfigLog(ReplicatedLog log) {
    boundLog = log;
    life.useConfigLog(Optional.of(log));
  }

  synchronized void unbindConfigLog(ReplicatedLog log) {
    if (boundLog == log) {
      boundLog = null;
      life.useConfigLog(Optional.empty());
    }
  }

  @Deactivate
  void deactivate() {
    life.close();
  }
}
