package io.aerie.configdb;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.atomix.ClusterNode;
import io.aerie.cluster.log.MemoryReplicatedLogProvider;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLogProvider;
import io.aerie.cluster.ratis.RatisProvider;
import io.aerie.cluster.testing.Await;
import io.aerie.cluster.testing.TestCluster;
import io.aerie.configdb.copies.CopyPeers;
import io.aerie.configdb.copies.CopyRoom;
import io.aerie.configdb.move.LogPeers;
import io.aerie.configdb.move.LogRecord;
import io.aerie.configdb.move.LogRecordFile;
import io.aerie.configdb.move.LogRoom;
import io.aerie.configdb.schema.SchemaRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * ConfigDB on three nodes of one JVM. Either logs of both providers are in memory and know no loss:
 * then what is tried is which log each node takes. Or they are those of the product. A stopped node
 * ends as a killed one does: nothing of its ConfigDB goes on, its record and its logs' data stay.
 */
final class MovingNodes implements AutoCloseable {
  private static final Duration OPEN_BOUND = Duration.ofSeconds(60);

  private final TestCluster cluster;
  private final Path folder;
  private final Map<String, ReplicatedLogProvider> inMemory =
      Map.of(
          "atomix", new MemoryReplicatedLogProvider(), "ratis", new MemoryReplicatedLogProvider());
  private final List<ClusterNode> members = new ArrayList<>();
  private final List<RatisProvider> ratis = new ArrayList<>();
  private final Map<Integer, Map<String, ReplicatedLogProvider>> providers = new HashMap<>();
  private final Map<Integer, ConfigDbNode> running = new ConcurrentHashMap<>();
  private final Map<Integer, ConfigDbNode.Services> published = new ConcurrentHashMap<>();
  private final Map<Integer, LogPeers> peers = new HashMap<>();

  /**
   * @param real the product's providers, on the nodes' disks
   */
  MovingNodes(Path folder, boolean real) throws Exception {
    this.folder = folder;
    this.cluster = new TestCluster(folder, 3);
    for (int node = 1; node <= 3; node++) {
      int number = node;
      providers.put(node, new ConcurrentHashMap<>(real ? startProviders(node) : inMemory));
      LogPeers itsPeers = new LogPeers(() -> status(number));
      itsPeers.bind(cluster.network().of(TestCluster.node(node)));
      peers.put(node, itsPeers);
    }
  }

  private Map<String, ReplicatedLogProvider> startProviders(int number) throws Exception {
    PlainIdentity identity = identity(number, seeds(number, number > 1));
    ClusterNode member = new ClusterNode(identity);
    members.add(member);
    member.start().get(30, TimeUnit.SECONDS);
    RatisProvider itsRatis = new RatisProvider(identity);
    ratis.add(itsRatis);
    itsRatis.setMessages(member.messages());
    return Map.of("atomix", member.logs(), "ratis", itsRatis);
  }

  private PlainIdentity identity(int number, List<NodeId> seeds) {
    return new PlainIdentity(cluster.identity(id(number), seeds));
  }

  private static List<NodeId> seeds(int number, boolean known) {
    return known ? others(number) : List.of();
  }

  private static List<NodeId> others(int number) {
    List<NodeId> others = new ArrayList<>(List.of(id(1), id(2), id(3)));
    others.remove(id(number));
    return others;
  }

  private LogPeers.Status status(int node) {
    ConfigDbNode present = running.get(node);
    if (present == null) {
      throw new AerieException(ErrorCode.UNAVAILABLE, "node " + node + " is down");
    }
    return present.logStatus();
  }

  /** Ends when it is open, unless its openings are blocked. */
  void start(int number) throws Exception {
    begin(number);
    if (!isBlocked(number)) {
      awaitOpen(number);
    }
  }

  private void begin(int number) {
    List<NodeId> others = others(number);
    List<NodeId> seeds = seeds(number, number > 1 || running.containsKey(2));
    LogRoom room =
        new LogRoom(
            id(number), () -> providers.get(number), file(number), peers.get(number), () -> others);
    ConfigDbNode node =
        new ConfigDbNode(
            identity(number, seeds),
            "atomix",
            room,
            new SchemaRegistry(),
            new CopyRoom(Optional::empty, new CopyPeers(Optional::empty, () -> false), List::of),
            services -> {
              published.put(number, services);
              return () -> published.remove(number);
            });
    running.put(number, node);
    CompletableFuture<Void> unused = node.open();
  }

  /** All at once: where a majority is needed, one alone would wait for ever. */
  void startAll() throws Exception {
    for (int node = 1; node <= 3; node++) {
      begin(node);
    }
    for (int node = 1; node <= 3; node++) {
      awaitOpen(node);
    }
  }

  /** An attempt may end without: ConfigDB moved while the node was down, and it tries again. */
  private void awaitOpen(int number) throws Exception {
    Await.until("ConfigDB is open on node " + number, OPEN_BOUND, () -> services(number) != null);
  }

  private static NodeId id(int number) {
    return TestCluster.node(number);
  }

  private LogRecordFile file(int number) {
    return new LogRecordFile(folder.resolve(id(number).value()).resolve("data/configdb"));
  }

  void stop(int number) {
    ConfigDbNode node = running.remove(number);
    if (node != null) {
      node.close();
    }
  }

  ConfigDbNode.Services services(int number) {
    return published.get(number);
  }

  LogRecord record(int number) {
    return file(number).read("atomix");
  }

  boolean holds(int number, String provider, String log) {
    return providers.get(number).get(provider).holds(log);
  }

  /** No move is begun or prepared on that node. */
  boolean isIdle(int number) {
    return record(number).prepared().isEmpty();
  }

  void takeProvider(int number, String name) {
    providers.get(number).remove(name);
  }

  void giveProvider(int number, String name) {
    providers.get(number).put(name, inMemory.get(name));
  }

  void forgetLogs(int number) throws Exception {
    Files.deleteIfExists(
        folder.resolve(id(number).value()).resolve("data/configdb/log.properties"));
  }

  /** As a log whose other members are all gone: opening it never ends. */
  void blockOpenings(int number, String provider) {
    providers.get(number).put(provider, new Blocked());
  }

  private boolean isBlocked(int number) {
    return providers.get(number).get("atomix") instanceof Blocked;
  }

  /** The node says that it uses another log, as one does after a move. */
  void recordFor(int number, long generation, String log) throws Exception {
    stop(number);
    Path file = folder.resolve(id(number).value()).resolve("data/configdb/log.properties");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "generation=" + generation + "\nlog=" + log + "\n");
    takeProvider(number, "ratis");
    List<NodeId> none = List.of();
    LogRoom room =
        new LogRoom(
            id(number), () -> providers.get(number), file(number), peers.get(number), () -> none);
    running.put(
        number,
        new ConfigDbNode(
            identity(number, none),
            "atomix",
            room,
            new SchemaRegistry(),
            new CopyRoom(Optional::empty, new CopyPeers(Optional::empty, () -> false), List::of),
            services -> () -> {}));
  }

  @Override
  public void close() throws Exception {
    for (int node = 1; node <= 3; node++) {
      stop(node);
    }
    ratis.forEach(RatisProvider::close);
    for (ClusterNode member : members) {
      member.stop().get(30, TimeUnit.SECONDS);
    }
  }

  private static final class Blocked implements ReplicatedLogProvider {
    @Override
    public CompletableFuture<ReplicatedLog> open(LogSpecification specification) {
      return new CompletableFuture<>();
    }

    @Override
    public void remove(String name) {
      throw new UnsupportedOperationException("nothing is removed while it can't be opened");
    }
  }
}
