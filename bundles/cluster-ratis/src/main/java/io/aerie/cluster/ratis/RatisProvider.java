package io.aerie.cluster.ratis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.base.Subscription;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.log.CommittedBound;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider;
import io.aerie.cluster.log.StateFile;
import io.aerie.cluster.messages.Messages;
import io.aerie.cluster.ratis.LogFolders.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.ratis.protocol.RaftGroupId;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens logs on Ratis. The Raft server starts with the first open log and stops with the last: it
 * carries one incarnation for all of them.
 */
@Component(
    service = ReplicatedLogProvider.class,
    property = ReplicatedLogProvider.PROVIDER + "=ratis")
public final class RatisProvider implements ReplicatedLogProvider {
  private static final Logger log = LoggerFactory.getLogger(RatisProvider.class);

  private final ClusterIdentity identity;
  private final PresentMessages messages = new PresentMessages();
  private final RatisSettings settings;
  private final Path root;
  private final ScheduledExecutorService executor;
  private final MembershipChanges changes;
  private final List<Subscription> handlers = new ArrayList<>();
  private final Map<String, LogOpening> openings = new ConcurrentHashMap<>();
  private final Map<String, RatisLog> logs = new ConcurrentHashMap<>();
  private LogFolders folders;
  private RaftNode node;
  private boolean closed;

  /** Starts no server yet, so it doesn't block. */
  @Activate
  public RatisProvider(@Reference ClusterIdentity identity) {
    this(identity, RatisSettings.PRODUCT);
  }

  RatisProvider(ClusterIdentity identity, RatisSettings settings) {
    RatisSettings.limitNetty();
    this.identity = identity;
    this.settings = settings;
    this.root = identity.dataDirectory("log").resolve("ratis");
    this.executor = RatisThreads.start();
    this.changes =
        new MembershipChanges(identity.self().id(), messages, logs::get, identity::leaving);
    handlers.add(messages.handle(Wire.CHANGE, changes::handle));
    handlers.add(messages.handle(Wire.PROBE, (from, body) -> probe(new String(body, UTF_8))));
  }

  /** What reaches the other members; without it a log that has members goes on, none joins. */
  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  public void setMessages(Messages carrier) {
    messages.use(carrier);
  }

  void unsetMessages(Messages carrier) {
    messages.lose(carrier);
  }

  @Override
  public CompletableFuture<ReplicatedLog> open(LogSpecification specification) {
    Set<NodeId> others = new LinkedHashSet<>(specification.seeds());
    identity.seeds().stream().map(Member::id).forEach(others::add);
    others.remove(identity.self().id());
    LogOpening opening =
        new LogOpening(
            specification, List.copyOf(others), messages, executor, new Steps(specification));
    if (openings.putIfAbsent(specification.name(), opening) != null) {
      return CompletableFuture.failedFuture(
          new AerieException(
              ErrorCode.IN_USE, "log '" + specification.name() + "' is open already"));
    }
    CompletableFuture<ReplicatedLog> result = opening.start();
    Callbacks.whenDone(
        result,
        (replica, failure) -> {
          if (result.isCancelled()) {
            log.info("Log {} is not opened any more", specification.name());
          } else if (failure != null) {
            log.error("Log {} was not opened", specification.name(), failure);
          }
        });
    return result;
  }

  @Override
  public boolean holds(String name) {
    try {
      // one that only waits to be taken in has files, but nothing of the log's
      boolean joins = readFolders().stage(name).filter(stage -> stage == Stage.JOINING).isPresent();
      return !joins && readFolders().hasData(name, group(name));
    } catch (IOException e) {
      log.warn("the log folder can't be read: {} is taken for held", name, e);
      return true;
    }
  }

  @Override
  public void remove(String name) {
    if (logs.containsKey(name) || openings.containsKey(name)) {
      throw new AerieException(
          ErrorCode.IN_USE, "log '" + name + "' is open", "", "Close it before.");
    }
    try {
      readFolders().remove(name);
    } catch (IOException e) {
      throw new AerieException(
          ErrorCode.IO_ERROR,
          "the data of log '" + name + "' can't be removed",
          String.valueOf(e.getMessage()),
          "",
          e);
    }
  }

  private CompletableFuture<byte[]> probe(String name) {
    return CompletableFuture.supplyAsync(
        () -> {
          RatisLog replica = logs.get(name);
          boolean has;
          try {
            has =
                (replica != null && replica.isMember())
                    || readFolders().stage(name).filter(stage -> stage == Stage.MEMBER).isPresent();
          } catch (IOException e) {
            throw new AerieException(
                ErrorCode.UNAVAILABLE, "the log folder can't be read", e.getMessage(), "", e);
          }
          return new byte[] {(byte) (has ? 1 : 0)};
        },
        executor);
  }

  private synchronized LogFolders readFolders() throws IOException {
    if (folders == null) {
      folders = new LogFolders(root);
    }
    return folders;
  }

  private RaftGroupId group(String name) {
    return RaftGroupId.valueOf(
        UUID.nameUUIDFromBytes(("aerie/" + identity.clusterId() + "/" + name).getBytes(UTF_8)));
  }

  private synchronized RaftNode startNode() throws IOException {
    if (closed) {
      throw new AerieException(ErrorCode.UNAVAILABLE, "the log's provider was stopped");
    }
    if (node == null) {
      node = new RaftNode(identity, settings, readFolders(), root);
    }
    return node;
  }

  private synchronized void forget(RatisLog replica) {
    logs.remove(replica.name(), replica);
    // an opening that is under way closes its replica to begin again
    openings.computeIfPresent(replica.name(), (name, opening) -> opening.isDone() ? null : opening);
    if (logs.isEmpty() && node != null) {
      stopNode();
    }
  }

  private void stopNode() {
    try {
      node.close();
    } catch (IOException e) {
      log.warn("The Raft server did not stop cleanly", e);
    } finally {
      node = null;
      folders = null;
    }
  }

  /** Stops all logs and the server; data and memberships stay. */
  @Deactivate
  public void close() {
    handlers.forEach(Subscription::close);
    openings.values().forEach(LogOpening::cancel);
    List.copyOf(logs.values()).forEach(RatisLog::close);
    synchronized (this) {
      closed = true;
      if (node != null) {
        stopNode();
      }
    }
    executor.shutdown();
  }

  /** What opening a log needs of this provider. */
  private final class Steps implements LogOpening.Provider {
    private final LogSpecification specification;

    Steps(LogSpecification specification) {
      this.specification = specification;
    }

    @Override
    public LogFolders folders() throws IOException {
      synchronized (RatisProvider.this) {
        String name = specification.name();
        LogFolders current = readFolders();
        if (node == null && current.renewIfLost(name, group(name))) {
          log.warn("The data of log {} is gone: this node comes back as a new member", name);
        }
        return current;
      }
    }

    @Override
    public void ended(LogOpening opening) {
      openings.remove(specification.name(), opening);
    }

    @Override
    public RatisLog start(LogSpecification wanted, boolean self) throws IOException {
      LogFolders current = readFolders();
      CommittedBound bound = new CommittedBound(current.committed(wanted.name()));
      String remedy = current.remedy(wanted.name());
      SegmentTail.repair(
          current.current(wanted.name(), group(wanted.name())), bound.index(), remedy);
      byte[] initialState =
          self && wanted.initialState().isPresent()
              ? StateFile.readFor(wanted.name(), wanted.initialState().get()).state()
              : new byte[0];
      RaftNode server = startNode();
      RatisLog replica =
          new RatisLog(
              wanted.name(),
              group(wanted.name()),
              server,
              wanted.stateMachine(),
              changes,
              executor,
              bound,
              initialState,
              RatisProvider.this::forget);
      logs.put(wanted.name(), replica);
      try {
        replica.start(
            readFolders().folder(wanted.name()), self ? List.of(server.self()) : List.of(), remedy);
      } catch (IOException | RuntimeException e) {
        replica.close();
        throw e;
      }
      return replica;
    }
  }
}
