package io.aerie.configdb;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.config.ConfigStore;
import io.aerie.config.transfer.ConfigTransfer;
import io.aerie.config.users.LdapDirectory;
import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.UserDirectory;
import io.aerie.configdb.events.ConfigEvents;
import io.aerie.configdb.ldap.ConfigLdapDirectory;
import io.aerie.configdb.ldap.LdapLogin;
import io.aerie.configdb.schema.SchemaRegistry;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.store.Futures;
import io.aerie.configdb.store.ReplicatedConfigStore;
import io.aerie.configdb.transfer.StoreTransfer;
import io.aerie.configdb.users.ConfigTokenDirectory;
import io.aerie.configdb.users.ConfigUserDirectory;
import io.aerie.configdb.users.FirstUser;
import io.aerie.event.EventSource;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ConfigDB's life with one provider of its log.
 *
 * <pre>
 *  OPENING --opened--> PREPARING (founder: the first user) --> PUBLISHED
 *     |  ^                |
 *     |  +---- pause -----+-- failed
 *     +-- data CORRUPT: stays away, logged       close() ends it from everywhere
 * </pre>
 */
final class ConfigDbNode implements AutoCloseable {
  static final String LOG_NAME = "config";
  private static final Logger log = LoggerFactory.getLogger(ConfigDbNode.class);
  private static final long RETRY_PAUSE_MS = 5_000;

  /** Makes the services known; what it returns takes them back. */
  interface Publisher {
    AutoCloseable publish(Services services);
  }

  /** What ConfigDB serves while it is open. */
  record Services(
      ReplicatedLog log,
      ConfigStore store,
      UserDirectory users,
      LdapDirectory ldap,
      TokenDirectory tokens,
      ConfigTransfer transfer,
      EventSource events) {}

  private final ClusterIdentity identity;
  private final ReplicatedLogProvider provider;
  private final SchemaRegistry schemas;
  private final Publisher publisher;
  private final SecureRandom random = new SecureRandom();
  private boolean closed;
  private ReplicatedLog replicatedLog;
  private ReplicatedConfigStore store;
  private ConfigEvents events;
  private AutoCloseable publication;

  ConfigDbNode(
      ClusterIdentity identity,
      ReplicatedLogProvider provider,
      SchemaRegistry schemas,
      Publisher publisher) {
    this.identity = identity;
    this.provider = provider;
    this.schemas = schemas;
    this.publisher = publisher;
  }

  /**
   * Begins; returns at once. The future tells how this attempt ended; a failed one is logged here
   * and, unless the data is unreadable, followed by others.
   */
  CompletableFuture<Void> open() {
    ConfigStateMachine state = new ConfigStateMachine();
    // a founder that knows other members has lost its data: founding anew would make a second
    // ConfigDB beside the one that the others have
    boolean found = identity.founder() && identity.seeds().isEmpty();
    LogSpecification specification =
        new LogSpecification(
            LOG_NAME, state, found, identity.seeds().stream().map(Member::id).toList());
    return Futures.start(() -> provider.open(specification))
        .thenCompose(opened -> prepare(opened, state))
        .whenComplete((done, failure) -> ended(failure));
  }

  private CompletableFuture<Void> prepare(ReplicatedLog opened, ConfigStateMachine state) {
    ReplicatedConfigStore newStore;
    synchronized (this) {
      if (closed) {
        opened.close();
        return CompletableFuture.completedFuture(null);
      }
      replicatedLog = opened;
      store = new ReplicatedConfigStore(opened, state, schemas);
      newStore = store;
    }
    LdapLogin ldapLogin = new LdapLogin(newStore, System::nanoTime);
    ConfigUserDirectory users =
        new ConfigUserDirectory(newStore, random, System::nanoTime, ldapLogin);
    ConfigLdapDirectory ldap = new ConfigLdapDirectory(newStore, users);
    ConfigTokenDirectory tokens = new ConfigTokenDirectory(newStore, random, Clock.systemUTC());
    StoreTransfer transfer = new StoreTransfer(newStore, schemas, random, Clock.systemUTC());
    ConfigEvents newEvents =
        new ConfigEvents(newStore, state, schemas, EventSource.clusterEra(identity.clusterId()));
    synchronized (this) {
      events = newEvents;
    }
    Services services = new Services(opened, newStore, users, ldap, tokens, transfer, newEvents);
    return firstUser(newStore, users).thenRun(() -> publish(services));
  }

  private CompletableFuture<Void> firstUser(
      ReplicatedConfigStore newStore, ConfigUserDirectory users) {
    if (!identity.founder()) {
      return CompletableFuture.completedFuture(null);
    }
    Path data = identity.dataDirectory("configdb").toAbsolutePath().getParent();
    return new FirstUser(newStore, users, data.resolve("first-password"), random).makeWhenNone();
  }

  /** Services are registered and taken back without the lock: that runs others' code. */
  private void publish(Services services) {
    AutoCloseable newPublication = publisher.publish(services);
    synchronized (this) {
      if (!closed) {
        publication = newPublication;
        log.info("ConfigDB is open at revision {}", services.store().localRevision());
        return;
      }
    }
    takeBack(newPublication);
  }

  private static void takeBack(AutoCloseable publication) {
    try {
      publication.close();
    } catch (Exception e) {
      log.warn("ConfigDB's services could not be taken back", e);
    }
  }

  private void ended(Throwable failure) {
    if (failure == null) {
      return;
    }
    Throwable cause = Futures.unwrap(failure);
    synchronized (this) {
      if (closed) {
        return;
      }
    }
    stop();
    if (cause instanceof AerieException refusal && refusal.code() == ErrorCode.CORRUPT) {
      log.error("ConfigDB stays away on this node. {}", refusal.describe(), refusal);
      return;
    }
    log.warn("ConfigDB could not be opened; trying again in {} ms", RETRY_PAUSE_MS, cause);
    CompletableFuture.delayedExecutor(RETRY_PAUSE_MS, TimeUnit.MILLISECONDS).execute(this::reopen);
  }

  private void reopen() {
    synchronized (this) {
      if (closed) {
        return;
      }
    }
    CompletableFuture<Void> unused = open();
  }

  private void stop() {
    AutoCloseable oldPublication;
    ReplicatedConfigStore oldStore;
    ConfigEvents oldEvents;
    ReplicatedLog oldLog;
    synchronized (this) {
      oldPublication = publication;
      oldStore = store;
      oldEvents = events;
      oldLog = replicatedLog;
      publication = null;
      store = null;
      events = null;
      replicatedLog = null;
    }
    if (oldPublication != null) {
      takeBack(oldPublication);
    }
    if (oldEvents != null) {
      oldEvents.close();
    }
    if (oldStore != null) {
      oldStore.close();
    }
    if (oldLog != null) {
      oldLog.close();
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    stop();
  }
}
