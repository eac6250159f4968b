package io.aerie.cluster.atomix.log;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Names;
import io.aerie.cluster.atomix.MessageTransport;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider;
import io.atomix.cluster.ClusterMembershipService;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Opens logs on Atomix' Raft engine. One folder a log: {@code DATA/cluster/logs/NAME}, see {@link
 * ReplicaFolder}.
 */
public final class AtomixLogProvider implements ReplicatedLogProvider, AutoCloseable {
  private final MessageTransport transport;
  private final ClusterMembershipService membership;
  private final ClusterIdentity identity;
  private final Path folder;
  private final LogSettings settings;
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "cluster-logs");
            thread.setDaemon(true);
            return thread;
          });
  private final Set<LogOpening> openings = ConcurrentHashMap.newKeySet();

  /**
   * A provider for a node.
   *
   * @param settings of replicas
   */
  public AtomixLogProvider(
      MessageTransport transport,
      ClusterMembershipService membership,
      ClusterIdentity identity,
      LogSettings settings) {
    this.transport = transport;
    this.membership = membership;
    this.identity = identity;
    this.folder = identity.dataDirectory("cluster").resolve("logs");
    this.settings = settings;
  }

  @Override
  public CompletableFuture<ReplicatedLog> open(LogSpecification specification) {
    LogOpening opening;
    try {
      Names.check("log", specification.name());
      opening =
          new LogOpening(
              specification,
              new ReplicaFolder(folder.resolve(specification.name())),
              new LogOpening.Environment(
                  transport, membership, worker, settings, identity::leaving));
    } catch (AerieException e) {
      return CompletableFuture.failedFuture(e);
    }
    openings.add(opening);
    return opening.begin();
  }

  @Override
  public boolean holds(String name) {
    return new ReplicaFolder(folder.resolve(name)).holdsReplica();
  }

  @Override
  public void remove(String name) {
    openings.removeIf(LogOpening::hasEnded);
    if (openings.stream().anyMatch(opening -> opening.name().equals(name))) {
      throw new AerieException(
          ErrorCode.IN_USE, "The log " + name + " is open", "", "Close it before.");
    }
    try {
      new ReplicaFolder(folder.resolve(name)).remove();
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.IO_ERROR,
          "The data of the log " + name + " can't be removed",
          String.valueOf(e.getMessage()),
          "",
          e);
    }
  }

  /** Closes all logs; openings that are under way fail. */
  @Override
  public void close() {
    openings.forEach(LogOpening::close);
    openings.clear();
    worker.shutdownNow();
  }
}
