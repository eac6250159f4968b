package io.aerie.cluster.node.certificate;

import io.aerie.base.AerieException;
import io.aerie.base.Subscription;
import io.aerie.cluster.node.departure.Departures;
import io.aerie.cluster.node.departure.RemovedNode;
import io.aerie.cluster.node.identity.StoredIdentity;
import io.aerie.cluster.node.pki.Credential;
import io.aerie.config.ConfigStore;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node's certificates as ConfigDB says, and renews its own in time. All steps run one
 * after the other in one thread.
 */
public final class CertificateKeeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CertificateKeeper.class);
  private static final long RETRY_S = 5;

  /** Certificates end by the day. */
  private static final long CHECK_H = 24;

  /** Time enough to get a new one from an authority. */
  private static final Duration WARNING = Duration.ofDays(30);

  private static final List<String> WATCHED =
      List.of(
          RestDocument.PATH,
          RotationDocument.PATH,
          Confirmations.PREFIX,
          Confirmations.NODES,
          Departures.LEAVING,
          RemovedNode.PREFIX);

  private final StoredIdentity identity;
  private final Clock clock;
  private final Runnable changed;
  private final RotationSteps rotation;
  private final Departures departures;
  private final AtomicBoolean waking = new AtomicBoolean();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "aerie-certificates");
            thread.setDaemon(true);
            return thread;
          });
  // the rest belongs to the executor's thread
  private final List<Subscription> watching = new ArrayList<>();
  private ConfigStore store;

  /**
   * @param changed called when this node has another certificate
   * @param departures whose certificates count no more
   */
  public CertificateKeeper(
      StoredIdentity identity, Clock clock, Runnable changed, Departures departures) {
    this.identity = identity;
    this.clock = clock;
    this.changed = changed;
    this.departures = departures;
    this.rotation = new RotationSteps(identity, changed);
    // the task itself tells of its failures
    var unused = executor.scheduleWithFixedDelay(this::check, CHECK_H, CHECK_H, TimeUnit.HOURS);
  }

  /** ConfigDB came (or, when empty, went). */
  public void useStore(Optional<ConfigStore> newStore) {
    execute(
        () -> {
          watching.forEach(Subscription::close);
          watching.clear();
          store = newStore.orElse(null);
          if (store != null) {
            long from = store.localRevision();
            WATCHED.forEach(path -> watching.add(store.watch(path, from, event -> wake())));
            wake();
          }
        });
  }

  private void wake() {
    if (waking.compareAndSet(false, true)) {
      execute(this::settle);
    }
  }

  private void settle() {
    waking.set(false);
    if (store == null) {
      return;
    }
    try {
      departures.step(store);
      showOverRest();
      rotation.step(store);
    } catch (AerieException e) {
      // ConfigDB has no majority for a while, most often
      log.info("Certificates can't be settled now, trying again: {}", e.describe());
      wakeLater();
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      log.warn("Certificates can't be settled now, trying again", e);
      wakeLater();
    }
  }

  private void showOverRest() throws IOException, GeneralSecurityException {
    Optional<Credential> wanted =
        store.listLocal(RestDocument.PATH).stream().findAny().map(RestDocument::credential);
    if (identity.showOverRest(wanted)) {
      log.info(
          "REST shows {}",
          wanted.map(Credential::toString).orElse("the node's own certificate again"));
    }
  }

  private void wakeLater() {
    try {
      var unused = executor.schedule(this::wake, RETRY_S, TimeUnit.SECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("ended meanwhile", e);
    }
  }

  private void check() {
    try {
      if (identity.renewIfDue()) {
        changed.run();
      }
      Instant soon = clock.instant().plus(WARNING);
      identity
          .supplied()
          .map(credential -> credential.certificate().getNotAfter().toInstant())
          .filter(soon::isAfter)
          .ifPresent(end -> log.warn("The certificate supplied for REST ends at {}", end));
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      log.warn("This node's certificate can't be renewed now; trying again in a day", e);
    }
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
    execute(() -> watching.forEach(Subscription::close));
    // what waits for ConfigDB must not hold up a stop; it is done again at the next start
    executor.shutdown();
    try {
      if (!executor.awaitTermination(1, TimeUnit.SECONDS)) {
        executor.shutdownNow();
      }
    } catch (InterruptedException e) {
      executor.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
