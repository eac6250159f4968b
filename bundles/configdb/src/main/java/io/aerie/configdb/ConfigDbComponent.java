package io.aerie.configdb;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.ReplicatedLogProvider;
import io.aerie.config.ConfigStore;
import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.UserDirectory;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.osgi.framework.BundleContext;
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
 * Runs a {@link ConfigDbNode} while the configured provider is there. Providers come and go (an
 * update swaps them) without this component being restarted; a changed configuration restarts it.
 */
@Component(
    immediate = true,
    service = {},
    configurationPid = "io.aerie.configdb")
public final class ConfigDbComponent {
  private static final Logger log = LoggerFactory.getLogger(ConfigDbComponent.class);

  private final ClusterIdentity identity;
  private final Map<ReplicatedLogProvider, String> providers = new HashMap<>();
  private volatile BundleContext context;
  private String wanted;
  private ReplicatedLogProvider used;
  private ConfigDbNode node;

  @Activate
  public ConfigDbComponent(@Reference ClusterIdentity identity) {
    this.identity = identity;
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  synchronized void addProvider(ReplicatedLogProvider provider, Map<String, Object> properties) {
    providers.put(provider, String.valueOf(properties.get(ReplicatedLogProvider.PROVIDER)));
    settle();
  }

  synchronized void removeProvider(ReplicatedLogProvider provider) {
    providers.remove(provider);
    if (provider == used) {
      log.info("The provider '{}' of ConfigDB's log goes away", wanted);
      close();
    }
    settle();
  }

  @Activate
  synchronized void activate(BundleContext bundleContext, ConfigDbConfiguration configuration) {
    context = bundleContext;
    wanted = configuration.provider();
    settle();
    if (node == null) {
      log.info("ConfigDB waits for the log provider '{}'", wanted);
    }
  }

  /** Starts with the wanted provider when it is there and this component is active. */
  private void settle() {
    if (context == null || node != null) {
      return;
    }
    providers.entrySet().stream()
        .filter(entry -> entry.getValue().equals(wanted))
        .findAny()
        .ifPresent(
            entry -> {
              used = entry.getKey();
              node = new ConfigDbNode(identity, used, this::publish);
              CompletableFuture<Void> unused = node.open();
            });
  }

  private AutoCloseable publish(ConfigStore store, UserDirectory users, TokenDirectory tokens) {
    BundleContext bundleContext = context;
    ServiceRegistration<ConfigStore> stores =
        bundleContext.registerService(ConfigStore.class, store, null);
    ServiceRegistration<UserDirectory> directories =
        bundleContext.registerService(UserDirectory.class, users, null);
    ServiceRegistration<TokenDirectory> tokenDirectories =
        bundleContext.registerService(TokenDirectory.class, tokens, null);
    return () -> {
      tokenDirectories.unregister();
      directories.unregister();
      stores.unregister();
    };
  }

  private void close() {
    if (node != null) {
      node.close();
      node = null;
      used = null;
    }
  }

  @Deactivate
  synchronized void deactivate() {
    close();
    context = null;
  }
}
