package io.aerie.cluster.node;

import io.aerie.base.AerieException;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.membership.Membership.MemberView;
import io.aerie.cluster.membership.Membership.MembershipEvent;
import io.aerie.cluster.node.admission.ConfigAdmission;
import io.aerie.cluster.node.admission.OwnRecord;
import io.aerie.cluster.node.certificate.CertificateKeeper;
import io.aerie.cluster.node.certificate.ConfigAuthorityRotation;
import io.aerie.cluster.node.certificate.ConfigRestCertificate;
import io.aerie.cluster.node.departure.ConfigDeparture;
import io.aerie.cluster.node.departure.Departures;
import io.aerie.cluster.node.departure.RemovalInquiry;
import io.aerie.cluster.node.departure.RemovedNode;
import io.aerie.cluster.node.identity.IdentityFolder;
import io.aerie.cluster.node.identity.IdentityMaterial;
import io.aerie.cluster.node.identity.StoredIdentity;
import io.aerie.cluster.node.join.Joiner;
import io.aerie.cluster.node.pki.CertificateAuthority;
import io.aerie.cluster.node.pki.Keys;
import io.aerie.config.ConfigStore;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a configuration to a member. All steps run one after the other in one thread; calls from
 * outside only leave work for it.
 *
 * <pre>
 *            found: makes CA, key, identity
 *          .----------------------------------.
 *  OUTSIDE -- join: asks members, may take long --> MEMBER (published)
 *     ^  '-- wait: nothing                            |
 *     '------- another name, host, port, data --------'  (then MEMBER again, from disk)
 * </pre>
 */
final class NodeLife implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodeLife.class);
  private static final long RECORD_PAUSE_S = 5;
  private static final long CLOSE_TIMEOUT_S = 10;

  /** Makes the services known; what it returns takes them back. */
  interface Publisher {
    AutoCloseable publish(NodeServices services);
  }

  private final Publisher publisher;
  private final Clock clock;
  private final SecureRandom random;
  private final ExecutorService executor =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "aerie-cluster-node");
            thread.setDaemon(true);
            return thread;
          });

  private volatile Optional<ConfigStore> store = Optional.empty();
  private volatile Optional<Membership> reachability = Optional.empty();
  private volatile Optional<ReplicatedLog> configLog = Optional.empty();
  private volatile Set<NodeId> removed = Set.of();
  private volatile NodeSettings wanted;
  private volatile Joiner joiner;
  // the rest belongs to the executor's thread
  private NodeSettings current;
  private StoredIdentity identity;
  private CertificateKeeper certificates;
  private RemovalInquiry inquiry;
  private AutoCloseable publication;
  private Membership membership;
  private Subscription listening;

  NodeLife(Publisher publisher, Clock clock, SecureRandom random) {
    this.publisher = publisher;
    this.clock = clock;
    this.random = random;
  }

  /** The configuration is now this one. */
  void configure(NodeSettings settings) {
    // before a join that is under way is stopped, so that one that is about to begin is not missed
    wanted = settings;
    stopJoining();
    execute(() -> settle(settings));
  }

  private void settle(NodeSettings settings) {
    if (!settings.equals(wanted)) {
      return;
    }
    if (identity != null) {
      if (!settings.changesMember(current)) {
        return;
      }
      log.info("The configuration of {} changed; starting anew", current.self().id());
      withdraw();
    }
    current = settings;
    try {
      become(settings);
    } catch (AerieException e) {
      log.error("This node is not started. {}", e.describe());
    } catch (CancellationException e) {
      log.info("Joining was stopped");
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      log.error("This node is not started: its identity can't be made or read", e);
    } finally {
      joiner = null;
    }
  }

  private void become(NodeSettings settings) throws IOException, GeneralSecurityException {
    IdentityFolder folder = new IdentityFolder(settings.data());
    folder.prepare();
    if (!folder.exists()) {
      switch (settings.mode()) {
        case FOUND -> found(folder, settings);
        case JOIN -> join(folder, settings);
        case WAIT -> {
          log.info("This node waits until it is told to found or join a cluster");
          return;
        }
        default -> throw new IllegalStateException("unknown mode " + settings.mode());
      }
    }
    Optional<String> former = folder.removed();
    if (former.isPresent()) {
      log.error("{}", former.get());
      return;
    }
    identity = StoredIdentity.open(folder, settings.self(), clock, random);
    certificates =
        new CertificateKeeper(
            identity,
            clock,
            () -> execute(this::writeOwnRecord),
            new Departures(identity, this::forget, gone -> execute(() -> end(gone))));
    certificates.useStore(store);
    inquiry = new RemovalInquiry(identity, () -> configLog, gone -> execute(() -> end(gone)));
    inquiry.start();
    publication =
        publisher.publish(
            new NodeServices(
                identity,
                new ConfigAdmission(identity, () -> store, clock, random),
                new ConfigDeparture(identity, () -> store, clock),
                new ConfigRestCertificate(identity, () -> store, clock),
                new ConfigAuthorityRotation(
                    identity, () -> store, this::reachable, clock, random)));
    log.info("{} is a member of the cluster {}", identity.self().id(), identity.clusterId());
    listen();
    writeOwnRecord();
  }

  private void forget(Set<NodeId> gone) {
    removed = gone;
    reachability.ifPresent(present -> present.forget(gone));
  }

  /** This node was removed from the cluster: it ends, and comes back by nobody's but people's. */
  private void end(RemovedNode gone) {
    if (identity == null) {
      return;
    }
    String why =
        "This node ("
            + gone.node()
            + ") was removed from the cluster '"
            + identity.clusterName()
            + "' at "
            + gone.removed()
            + " and serves nothing. It can join as a new node, with a token, when its data folder"
            + " is empty.";
    try {
      identity.markRemoved(why);
    } catch (IOException e) {
      log.warn("That this node was removed could not be written down", e);
    }
    log.error("{}", why);
    withdraw();
  }

  private Set<NodeId> reachable() {
    return reachability.map(Membership::members).orElse(List.of()).stream()
        .filter(MemberView::reachable)
        .map(view -> view.member().id())
        .collect(Collectors.toSet());
  }

  private void found(IdentityFolder folder, NodeSettings settings)
      throws IOException, GeneralSecurityException {
    String clusterId = UUID.randomUUID().toString();
    CertificateAuthority authority =
        settings.invitation().isPresent()
            ? settings.invitation().get().authority()
            : CertificateAuthority.make(clusterId, settings.clusterName(), 1, clock, random);
    KeyPair keys = Keys.make(random);
    folder.create(
        new IdentityMaterial(
            clusterId,
            settings.clusterName(),
            settings.self().id(),
            true,
            authority,
            List.of(),
            keys.getPrivate(),
            authority.issue(
                keys.getPublic(),
                settings.self().id(),
                StoredIdentity.hosts(settings.self()),
                clock,
                random),
            List.of()),
        random);
    log.info("Founded the cluster '{}' ({})", settings.clusterName(), clusterId);
  }

  private void join(IdentityFolder folder, NodeSettings settings)
      throws IOException, GeneralSecurityException {
    Joiner newJoiner = new Joiner(settings.data(), settings.self(), settings.token(), random);
    joiner = newJoiner;
    if (!settings.equals(wanted)) {
      newJoiner.stop();
    }
    newJoiner.join(folder);
  }

  private void stopJoining() {
    Joiner present = joiner;
    if (present != null) {
      present.stop();
    }
  }

  /** ConfigDB came (or, when empty, went). */
  void useStore(Optional<ConfigStore> newStore) {
    store = newStore;
    execute(
        () -> {
          if (certificates != null) {
            certificates.useStore(newStore);
          }
          writeOwnRecord();
        });
  }

  private void writeOwnRecord() {
    Optional<ConfigStore> present = store;
    if (identity == null || present.isEmpty()) {
      return;
    }
    var unused =
        new OwnRecord(identity, clock, current.invitation())
            .settle(present.get())
            .whenComplete(
                (done, failure) -> {
                  if (failure != null) {
                    log.warn("This node's record could not be written; trying again", failure);
                    writeOwnRecordLater();
                  }
                });
  }

  private void writeOwnRecordLater() {
    CompletableFuture.delayedExecutor(RECORD_PAUSE_S, TimeUnit.SECONDS)
        .execute(() -> execute(this::writeOwnRecord));
  }

  /** This node's replica of ConfigDB's log was opened (or, when empty, went). */
  void useConfigLog(Optional<ReplicatedLog> log) {
    configLog = log;
  }

  /** Membership came (or, when empty, went). */
  void useMembership(Optional<Membership> newMembership) {
    reachability = newMembership;
    execute(
        () -> {
          membership = newMembership.orElse(null);
          newMembership.ifPresent(present -> present.forget(removed));
          listen();
        });
  }

  private void listen() {
    if (listening != null) {
      listening.close();
      listening = null;
    }
    if (identity != null && membership != null) {
      listening = membership.listen(event -> execute(() -> remember(event)));
      membership
          .members()
          .forEach(view -> seen(new MembershipEvent(MembershipEvent.Kind.JOINED, view.member())));
    }
  }

  private void remember(MembershipEvent event) {
    if (identity != null && event.kind() != MembershipEvent.Kind.UNREACHABLE) {
      seen(event);
    }
  }

  private void seen(MembershipEvent event) {
    try {
      if (event.kind() == MembershipEvent.Kind.LEFT) {
        identity.memberLeft(event.member());
      } else {
        identity.memberSeen(event.member());
      }
    } catch (IOException e) {
      log.warn("The members could not be written down; the former list stays", e);
    }
  }

  private void withdraw() {
    if (listening != null) {
      listening.close();
      listening = null;
    }
    if (publication != null) {
      try {
        publication.close();
      } catch (Exception e) {
        log.warn("The services of this node could not be taken back", e);
      }
      publication = null;
    }
    if (inquiry != null) {
      inquiry.close();
      inquiry = null;
    }
    if (certificates != null) {
      certificates.close();
      certificates = null;
    }
    identity = null;
  }

  /** Stops being a member on this node's side; the identity stays on disk. */
  @Override
  public void close() {
    wanted = null;
    stopJoining();
    execute(this::withdraw);
    executor.shutdown();
    try {
      // the services must be gone before the bundle is
      if (!executor.awaitTermination(CLOSE_TIMEOUT_S, TimeUnit.SECONDS)) {
        log.warn("This node's part in the cluster did not end within {} s", CLOSE_TIMEOUT_S);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void execute(Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      // services go after this component was deactivated: nothing is left to tell
      log.debug("This node's part in the cluster has ended", e);
    }
  }
}
