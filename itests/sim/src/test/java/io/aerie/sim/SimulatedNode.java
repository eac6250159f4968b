package io.aerie.sim;

import io.aerie.base.NodeId;
import io.aerie.engine.node.Environment;
import io.aerie.engine.node.StorageNode;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.NodeState;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.MemberStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * A machine with its process. Fault model: the process is killed at any event, with what its disks
 * had not made durable; it is stopped and goes on later, with its clock gone on or, outside of what
 * the protocol counts on, with its clock frozen too; its clock runs up to 1 % fast or slow.
 */
public final class SimulatedNode {
  /** A replica that is behind by so many commands may be sent a snapshot instead of them. */
  private static final int SNAPSHOT_LAG = 8;

  public final NodeId id;
  public final List<SimulatedDisk> disks = new ArrayList<>();
  private final World world;
  private final Network network;
  private final SimulatedLog log;
  private final Consumer<SimulatedNode> onServing;
  private final Consumer<String> onDefect;
  private final double clockRate;
  private long absence = Timing.ABSENCE;
  private final ArrayDeque<Runnable> whilePaused = new ArrayDeque<>();
  private final TreeSet<UUID> refused = new TreeSet<>();
  private StorageNode engine;
  private RcdState replica = new RcdState();
  private long life;
  private boolean up;
  private boolean paused;
  private long frozenSince;
  private boolean clockFrozen;
  private long clockLost;
  private long deafUntil;

  SimulatedNode(
      World world,
      Network network,
      SimulatedLog log,
      NodeId id,
      Consumer<SimulatedNode> onServing,
      Consumer<String> onDefect) {
    this.world = world;
    this.network = network;
    this.log = log;
    this.id = id;
    this.onServing = onServing;
    this.onDefect = onDefect;
    clockRate = 1 + (world.random().nextDouble() - 0.5) * 0.009;
    network.connect(id, (from, message) -> inLife(life, () -> receive(from, message)));
  }

  /** Whether its process lives, paused or not. */
  public boolean isUp() {
    return up;
  }

  /** Learns nothing of RCD for a while; its replica lags. */
  public void deaf(long nanos) {
    deafUntil = world.now() + nanos;
  }

  /** How long it waits for disks that are away, where it leads RCD's log. */
  public void waitsForAbsent(long nanos) {
    absence = nanos;
  }

  public boolean isPaused() {
    return paused;
  }

  /** What runs on it, when it has joined. */
  public Optional<StorageNode> engine() {
    return Optional.ofNullable(engine);
  }

  /** The number of its process's and engine's present life. */
  public long life() {
    return life;
  }

  /** Disks that don't open any more, or that RCD refused as copies of the past. */
  public SortedSet<UUID> refusedDisks() {
    return refused;
  }

  private void receive(NodeId from, Message message) {
    if (engine != null) {
      engine.onMessage(from, message);
    }
  }

  /** Runs something that belongs to a life of the process, or never. */
  void inLife(long ofLife, Runnable task) {
    if (ofLife != life || !up) {
      return;
    }
    if (paused) {
      whilePaused.add(() -> inLife(ofLife, task));
    } else {
      task.run();
    }
  }

  private void later(long delay, Runnable task) {
    long ofLife = life;
    world.at(delay, () -> inLife(ofLife, task));
  }

  /** The process starts. */
  public void boot() {
    up = true;
    log.up(id, true);
    world.trace(id.value(), "boots");
    begin();
  }

  /** Also after a fence within one process: a new life of the engine, on freshly opened disks. */
  private void begin() {
    life++;
    long ofLife = life;
    follow();
    world.at(
        world.between(World.MILLISECOND, 100 * World.MILLISECOND),
        () -> inLife(ofLife, this::join));
  }

  private void join() {
    if (!log.reaches(id) || replica.index() < log.length()) {
      later(50 * World.MILLISECOND, this::join);
      return;
    }
    Optional<NodeRecord> leaving = replica.node(id).filter(NodeRecord::leaving);
    if (leaving.isPresent()) {
      if (leaving.get().state() != NodeState.DOWN) {
        RcdCommand farewell = new RcdCommand.LeaveNode(id, leaving.get().incarnation());
        submit(farewell, answer -> {}, () -> {}, () -> {});
      }
      later(World.SECOND, this::join);
      return;
    }
    long incarnation = replica.lastIncarnation(id) + 1;
    UUID lifeId = new UUID(world.random().nextLong(), world.random().nextLong());
    submit(
        new RcdCommand.JoinNode(id, id + ":1", incarnation, lifeId),
        answer -> joined(incarnation),
        this::join,
        () -> {});
  }

  private void joined(long incarnation) {
    if (replica.node(id).filter(n -> n.incarnation() >= incarnation).isEmpty()) {
      later(World.MILLISECOND, () -> joined(incarnation));
      return;
    }
    long ofLife = life;
    refused.clear();
    engine =
        new StorageNode(
            new Ports(ofLife), id, incarnation, replica.copy(), why -> later(0, this::fenced));
    world.trace(id.value(), "joined as " + incarnation);
    engine.start();
    for (SimulatedDisk disk : disks) {
      disk.open(
          task -> inLife(ofLife, task),
          (store, failure) -> {
            if (failure == null) {
              bring(store, incarnation);
            } else if (disk.hurt()) {
              world.trace(id.value(), "disk " + disk.id() + " does not open: " + failure);
              refused.add(disk.id());
            } else {
              onDefect.accept(id + ": disk does not open: " + failure);
            }
          });
    }
    onServing.accept(this);
  }

  private void bring(MemberStore store, long incarnation) {
    UUID disk = store.identity().disk();
    long generation = store.identity().generation();
    boolean known = log.committed().disks().containsKey(disk);
    long capacity = Cluster.Shape.CLAIMED_BYTES;
    RcdCommand command =
        known
            ? new RcdCommand.BringDisk(disk, id, incarnation, "/disk", capacity, generation)
            : new RcdCommand.AddDisk(
                disk, id, incarnation, "/disk", capacity, generation, Cluster.POOL);
    if (engine != null) {
      engine.addStore(store);
    }
    bringUntilAnswered(command, disk);
  }

  private void bringUntilAnswered(RcdCommand command, UUID disk) {
    submit(
        command,
        answer -> {},
        () -> later(50 * World.MILLISECOND, () -> bringUntilAnswered(command, disk)),
        () -> refused.add(disk));
  }

  private void submit(
      RcdCommand command, Consumer<RcdAnswer> then, Runnable again, Runnable whenRefused) {
    long ofLife = life;
    log.submit(
        id,
        RcdCommands.encode(command),
        (bytes, failure) ->
            inLife(
                ofLife,
                () -> {
                  if (failure != null) {
                    again.run();
                    return;
                  }
                  RcdAnswer answer = RcdAnswer.decode(bytes);
                  if (answer.error().isPresent()) {
                    world.trace(
                        id.value(), "refused " + command + ": " + answer.error().get().describe());
                    whenRefused.run();
                  } else {
                    then.accept(answer);
                  }
                }));
  }

  /** Applies what was committed, each command somewhat later. */
  private void follow() {
    long ofLife = life;
    world.at(world.between(100_000, log.lagMaximum), () -> inLife(ofLife, () -> applyNext(ofLife)));
  }

  private void applyNext(long ofLife) {
    int batch = 1 + world.random().nextInt(20);
    boolean hears = log.reaches(id) && world.now() >= deafUntil;
    if (hears && log.length() - replica.index() >= SNAPSHOT_LAG && world.chance(log.leaps)) {
      leap();
    }
    while (batch-- > 0 && ofLife == life && hears && replica.index() < log.length()) {
      long index = replica.index() + 1;
      RcdState.Applied applied = replica.apply(index, log.command(index));
      if (engine != null) {
        engine.onRcdApplied(index, applied.changes());
      }
    }
    if (ofLife == life) {
      follow();
    }
  }

  /** What it missed is no longer in the leader's log: it is sent a snapshot of a while ago. */
  private void leap() {
    long to = log.length() - world.random().nextInt(SNAPSHOT_LAG / 2);
    world.trace(id.value(), "leaps from " + replica.index() + " to " + to);
    while (replica.index() < to) {
      long index = replica.index() + 1;
      var unused = replica.apply(index, log.command(index));
    }
    if (engine != null) {
      engine.onRcdReplaced(replica.copy());
    }
  }

  private void fenced() {
    world.trace(id.value(), "fenced");
    engine = null;
    for (SimulatedDisk disk : disks) {
      disk.crash();
    }
    begin();
  }

  /** The process dies in this instant. */
  public void kill() {
    world.trace(id.value(), "killed");
    up = false;
    paused = false;
    clockFrozen = false;
    whilePaused.clear();
    log.up(id, false);
    life++;
    if (engine != null) {
      engine.stop();
    }
    engine = null;
    disks.forEach(SimulatedDisk::crash);
  }

  /** The process stands still; its clock goes on. */
  public void pause() {
    world.trace(id.value(), "paused");
    paused = true;
    log.up(id, false);
  }

  /** The engine's loop alone stands still: RCD's log goes on to be led and followed here. */
  public void pauseLoop() {
    pause();
    log.up(id, true);
  }

  /** The whole machine stands still, and its clock with it: a lease's assumption is broken. */
  public void freeze() {
    pause();
    clockFrozen = true;
    frozenSince = world.now();
  }

  /** Goes on after {@link #pause} or {@link #freeze}. */
  public void resume() {
    world.trace(id.value(), "resumed");
    paused = false;
    if (clockFrozen) {
      clockLost += world.now() - frozenSince;
      clockFrozen = false;
    }
    log.up(id, true);
    while (!whilePaused.isEmpty() && !paused) {
      whilePaused.remove().run();
    }
  }

  @Override
  public String toString() {
    return id.value();
  }

  /** The ports of one life. */
  private final class Ports implements Environment {
    private final long ofLife;

    Ports(long ofLife) {
      this.ofLife = ofLife;
    }

    @Override
    public long nowNanos() {
      return (long) ((world.now() - clockLost) * clockRate);
    }

    @Override
    public long wallMillis() {
      return world.now() / World.MILLISECOND;
    }

    @Override
    public Cancellable schedule(long delayNanos, Runnable task) {
      Scheduled scheduled = new Scheduled(SimulatedNode.this, ofLife, task);
      world.at((long) (delayNanos / clockRate), scheduled);
      return scheduled;
    }

    @Override
    public void send(NodeId to, Message message) {
      network.send(id, to, message);
    }

    @Override
    public void submitToRcd(byte[] command, Completion<byte[]> done) {
      log.submit(
          id, command, (answer, failure) -> inLife(ofLife, () -> done.accept(answer, failure)));
    }

    @Override
    public boolean rcdLeader() {
      return log.leads(id);
    }

    @Override
    public long absenceNanos() {
      return absence;
    }

    @Override
    public long random() {
      return world.random().nextLong();
    }

    @Override
    public void event(String text) {
      world.trace(id.value(), text);
    }

    @Override
    public void defect(String text) {
      world.trace(id.value(), "DEFECT " + text);
      onDefect.accept(id + ": " + text);
    }
  }

  /** A task that may be called off; then it also lets go of what it would have used. */
  private static final class Scheduled implements Runnable, Environment.Cancellable {
    private final SimulatedNode node;
    private final long ofLife;
    private Runnable task;

    Scheduled(SimulatedNode node, long ofLife, Runnable task) {
      this.node = node;
      this.ofLife = ofLife;
      this.task = task;
    }

    @Override
    public void run() {
      if (task != null) {
        node.inLife(ofLife, this::runNow);
      }
    }

    private void runNow() {
      if (task != null) {
        task.run();
      }
    }

    @Override
    public void cancel() {
      task = null;
    }
  }
}
