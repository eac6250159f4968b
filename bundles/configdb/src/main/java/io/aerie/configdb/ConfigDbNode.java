package io.aerie.configdb;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.health.HealthProblem;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.copies.ConfigRebuild;
import io.aerie.config.transfer.ConfigLogMove;
import io.aerie.config.transfer.ConfigTransfer;
import io.aerie.config.users.LdapDirectory;
import io.aerie.config.users.TokenDirectory;
import io.aerie.config.users.UserDirectory;
import io.aerie.configdb.copies.CopyKeeper;
import io.aerie.configdb.copies.CopyRoom;
import io.aerie.configdb.copies.FoundingAnew;
import io.aerie.configdb.events.ConfigEvents;
import io.aerie.configdb.ldap.ConfigLdapDirectory;
import io.aerie.configdb.ldap.LdapLogin;
import io.aerie.configdb.move.LogMember;
import io.aerie.configdb.move.LogMoves;
import io.aerie.configdb.move.LogOpening;
import io.aerie.configdb.move.LogPeers;
import io.aerie.configdb.move.LogRecord;
import io.aerie.configdb.move.LogRoom;
import io.aerie.configdb.schema.SchemaRegistry;
import io.aerie.configdb.state.ConfigStateMachine;
import io.aerie.configdb.state.Lineage;
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
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ConfigDB's life with one provider of its log.
 *
 * <pre>
 *  OPENING --opened--> PREPARING (founder: the lineage, the first user) --> PUBLISHED
 *     |  ^                |
 *     |  +---- pause -----+-- failed
 *     +-- data CORRUPT: stays away, logged       close() ends it from everywhere
 * </pre>
 */
final class ConfigDbNode implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ConfigDbNode.class);
  private static final long RETRY_PAUSE_MS = 5_000;

  /** Makes known what there is; what it returns takes that back. */
  interface Publisher {
    AutoCloseable publish(Services services);

    /** That there is nothing, and why; by itself nobody is told but the log. */
    default AutoCloseable publish(HealthProblem problem) {
      return () -> {};
    }
  }

  /** What ConfigDB serves while it is open. */
  record Services(
      ReplicatedLog log,
      ConfigStore store,
      UserDirectory users,
      LdapDirectory ldap,
      TokenDirectory tokens,
      ConfigTransfer transfer,
      ConfigRebuild rebuild,
      ConfigLogMove logMove,
      EventSource events) {}

  private final ClusterIdentity identity;
  private final String configuredProvider;
  private final LogRoom logs;
  private final SchemaRegistry schemas;
  private final CopyRoom copies;
  private final FoundingAnew founding;
  private final Publisher publisher;
  private final SecureRandom random = new SecureRandom();
  private boolean closed;
  private LogOpening opening;
  private ReplicatedLog replicatedLog;
  private LogMember member;
  private ReplicatedConfigStore store;
  private ConfigEvents events;
  private CopyKeeper keeper;
  private AutoCloseable publication;

  ConfigDbNode(
      ClusterIdentity identity,
      String configuredProvider,
      LogRoom logs,
      SchemaRegistry schemas,
      CopyRoom copies,
      Publisher publisher) {
    this.identity = identity;
    this.configuredProvider = configuredProvider;
    this.logs = logs;
    this.schemas = schemas;
    this.copies = copies;
    this.founding = copies.founding(data(identity));
    this.publisher = publisher;
  }

  /**
   * Begins; returns at once. The future tells how this attempt ended; a failed one is logged here
   * and, unless the data is unreadable, followed by others.
   */
  CompletableFuture<Void> open() {
    ConfigStateMachine state = new ConfigStateMachine();
    List<NodeId> seeds = identity.seeds().stream().map(Member::id).toList();
    LogOpening newOpening = new LogOpening(logs, configuredProvider, state);
    synchronized (this) {
      opening = newOpening;
    }
    return Futures.start(
            () ->
                newOpening.open(
                    seeds,
                    record ->
                        founding.judge(logs.provider(record.log()), record.log().name(), seeds),
                    // a founder that knows other members has lost its data: founding anew would
                    // make a second ConfigDB beside the one that the others have
                    identity.founder() && seeds.isEmpty()))
        .thenCompose(opened -> prepare(opened, state))
        .whenComplete((done, failure) -> ended(newOpening, failure));
  }

  private static Path data(ClusterIdentity identity) {
    return identity.dataDirectory("configdb").toAbsolutePath().getParent();
  }

  private CompletableFuture<Void> prepare(LogOpening.Opened opened, ConfigStateMachine state) {
    ReplicatedConfigStore newStore;
    LogMember newMember;
    synchronized (this) {
      if (closed) {
        opened.log().close();
        return CompletableFuture.completedFuture(null);
      }
      replicatedLog = opened.log();
      store = new ReplicatedConfigStore(opened.log(), state, schemas);
      newStore = store;
      member = new LogMember(logs, opened.record(), opened.log(), opened.feed(), state);
      newMember = member;
    }
    LdapLogin ldapLogin = new LdapLogin(newStore, System::nanoTime);
    ConfigUserDirectory users =
        new ConfigUserDirectory(newStore, random, System::nanoTime, ldapLogin);
    ConfigLdapDirectory ldap = new ConfigLdapDirectory(newStore, users);
    ConfigTokenDirectory tokens =
        new ConfigTokenDirectory(newStore, random, Clock.systemUTC(), System::nanoTime);
    StoreTransfer transfer = new StoreTransfer(newStore, schemas, random, Clock.systemUTC());
    ConfigEvents newEvents = new ConfigEvents(newStore, state, schemas, identity.clusterId());
    CopyRoom.Open copying = copies.open(identity, newStore, state, random);
    synchronized (this) {
      events = newEvents;
      keeper = copying.keeper();
    }
    Services services =
        new Services(
            opened.log(),
            newStore,
            users,
            ldap,
            tokens,
            transfer,
            copying.rebuild(),
            new LogMoves(logs, newMember, newStore),
            newEvents);
    newMember.start();
    return firstUser(newStore, users)
        .thenRun(
            () -> {
              publish(services);
              founding.done();
              copying.keeper().start();
            });
  }

  private CompletableFuture<Void> firstUser(
      ReplicatedConfigStore newStore, ConfigUserDirectory users) {
    boolean anew = founding.isWanted();
    // a founder that knows others doesn't found: where ConfigDB is founded anew, another node does
    boolean founds = identity.founder() && identity.seeds().isEmpty();
    if (!founds && !anew) {
      return CompletableFuture.completedFuture(null);
    }
    Path password = data(identity).resolve(anew ? "rebuild-password" : "first-password");
    FirstUser firstUser = new FirstUser(newStore, users, password, random);
    return newStore
        .list("users")
        .thenCompose(
            present ->
                present.isEmpty() ? lineage(newStore) : CompletableFuture.completedFuture(null))
        .thenCompose(done -> firstUser.makeWhenNone());
  }

  /** Before the first user: whoever sees a user sees whether this ConfigDB is whole, too. */
  private CompletableFuture<Void> lineage(ReplicatedConfigStore newStore) {
    if (newStore.lineage().isPresent()) {
      return CompletableFuture.completedFuture(null);
    }
    return newStore
        .commitStep(
            new ConfigTransaction(
                List.of(new Condition(Lineage.PATH, 0)),
                List.of(Lineage.found(UUID.randomUUID()).put())))
        .thenCompose(newStore::awaitLocal);
  }

  /** Services are registered and taken back without the lock: that runs others' code. */
  private void publish(Services services) {
    if (keep(publisher.publish(services))) {
      log.info("ConfigDB is open at revision {}", services.store().localRevision());
    }
  }

  /** False when this was closed meanwhile, and so took it back. */
  private boolean keep(AutoCloseable newPublication) {
    synchronized (this) {
      if (!closed) {
        publication = newPublication;
        return true;
      }
    }
    takeBack(newPublication);
    return false;
  }

  private static void takeBack(AutoCloseable publication) {
    try {
      publication.close();
    } catch (Exception e) {
      log.warn("ConfigDB's services could not be taken back", e);
    }
  }

  /** For other nodes; UNAVAILABLE while this one doesn't know its log. */
  LogPeers.Status logStatus() {
    LogMember present;
    synchronized (this) {
      present = member;
    }
    return present == null ? LogOpening.closedStatus(logs, configuredProvider) : present.status();
  }

  /** Whether a log of this provider carries ConfigDB, or may soon. */
  boolean uses(String provider) {
    try {
      LogRecord record = logs.file().read(configuredProvider);
      return record.log().provider().equals(provider)
          || record.prepared().filter(name -> name.provider().equals(provider)).isPresent();
    } catch (AerieException e) {
      log.error("{}", e.describe(), e);
      return true;
    }
  }

  private void ended(LogOpening ended, Throwable failure) {
    if (failure == null) {
      return;
    }
    Throwable cause = Causes.of(failure);
    synchronized (this) {
      if (closed) {
        return;
      }
    }
    stop();
    if (cause instanceof AerieException refusal && refusal.code() == ErrorCode.CORRUPT) {
      log.error("ConfigDB stays away on this node. {}", refusal.describe(), refusal);
      boolean unused = keep(publisher.publish(new HealthProblem("ConfigDB", refusal)));
      return;
    }
    long pauseMs = ended.isOvertaken() ? 0 : RETRY_PAUSE_MS;
    if (pauseMs > 0) {
      log.warn("ConfigDB could not be opened; trying again in {} ms", pauseMs, cause);
    }
    CompletableFuture.delayedExecutor(pauseMs, TimeUnit.MILLISECONDS).execute(this::reopen);
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
    CopyKeeper oldKeeper;
    LogOpening oldOpening;
    LogMember oldMember;
    ReplicatedLog oldLog;
    synchronized (this) {
      oldMember = member;
      member = null;
      oldOpening = opening;
      opening = null;
      oldPublication = publication;
      oldStore = store;
      oldEvents = events;
      oldKeeper = keeper;
      oldLog = replicatedLog;
      publication = null;
      store = null;
      events = null;
      keeper = null;
      replicatedLog = null;
    }
    if (oldPublication != null) {
      takeBack(oldPublication);
    }
    if (oldOpening != null) {
      // without the lock: whoever waits for it goes on in this thread
      oldOpening.close();
    }
    if (oldMember != null) {
      // first: it may be about to use another log
      oldMember.close();
    }
    if (oldKeeper != null) {
      oldKeeper.close();
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
