package io.aerie.sim;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.store.Completion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * RCD's log as a Raft group looks from outside. Fault model: no leader for a while after the old
 * one is gone or has lost the majority; requests and answers are lost (then the caller hears a
 * failure though the command may have been applied); replicas are behind by any time. A scenario
 * may keep commands of its choice, or their answers, back.
 */
public final class SimulatedLog {
  static final long LAG = 12 * World.MILLISECOND;

  /** What a caller hears when the log does not answer in time. */
  private static final long SILENCE = 300 * World.MILLISECOND;

  private final World world;
  private final Network network;
  private final List<byte[]> commands = new ArrayList<>();
  private final TreeMap<NodeId, Boolean> up = new TreeMap<>();
  private final RcdState state = new RcdState();
  private final BiConsumer<Long, RcdState> onCommit;
  private final List<Runnable> held = new ArrayList<>();
  private Predicate<RcdCommand> holdsCommand = command -> false;
  private Predicate<RcdCommand> holdsAnswer = command -> false;
  private boolean holding;
  private NodeId leader;
  private long leaderless;
  double loss;

  /** How likely a replica that is far behind is sent a snapshot. */
  double leaps;

  long lagMaximum = LAG;

  SimulatedLog(World world, Network network, BiConsumer<Long, RcdState> onCommit) {
    this.world = world;
    this.network = network;
    this.onCommit = onCommit;
    elect();
  }

  /** The state after all that was committed. */
  public RcdState committed() {
    return state;
  }

  /** How many commands were committed. */
  public long length() {
    return commands.size();
  }

  byte[] command(long index) {
    return commands.get((int) index - 1);
  }

  /** Commands that were committed, decoded. */
  public List<RcdCommand> history() {
    return commands.stream().map(RcdCommands::decode).toList();
  }

  void up(NodeId node, boolean isUp) {
    up.put(node, isUp);
  }

  /** Who leads, if anybody. */
  public Optional<NodeId> leader() {
    return Optional.ofNullable(leader);
  }

  /** The leader hands over. */
  public void lead(NodeId node) {
    if (leader != null && electable(node)) {
      world.trace("log", "handed over to " + node);
      leader = node;
    }
  }

  boolean leads(NodeId node) {
    return node.equals(leader);
  }

  boolean reaches(NodeId node) {
    return leader != null && network.bothWays(node, leader);
  }

  /** Commands of this kind wait on their way to the leader until {@link #release}. */
  public void holdCommands(Predicate<RcdCommand> which) {
    holdsCommand = which;
    holding = true;
  }

  /** Commands of this kind are committed, and their submitter does not learn of it. */
  public void holdAnswers(Predicate<RcdCommand> which) {
    holdsAnswer = which;
    holding = true;
  }

  /** Whatever was kept back goes on. */
  public void release() {
    holdsCommand = command -> false;
    holdsAnswer = command -> false;
    holding = false;
    List<Runnable> all = List.copyOf(held);
    held.clear();
    all.forEach(task -> world.at(0, task));
  }

  private boolean electable(NodeId node) {
    if (!up.getOrDefault(node, false)) {
      return false;
    }
    int reached = 0;
    for (var other : up.entrySet()) {
      reached += other.getValue() && network.bothWays(node, other.getKey()) ? 1 : 0;
    }
    return reached > up.size() / 2;
  }

  private void elect() {
    if (leader != null && !electable(leader)) {
      leaderless += 50 * World.MILLISECOND;
      if (leaderless > 600 * World.MILLISECOND) {
        world.trace("log", "no leader");
        leader = null;
      }
    } else {
      leaderless = 0;
    }
    if (leader == null) {
      List<NodeId> candidates = up.keySet().stream().filter(this::electable).toList();
      if (!candidates.isEmpty()) {
        leader = candidates.get(world.random().nextInt(candidates.size()));
        world.trace("log", "leader " + leader);
      }
    }
    world.at(50 * World.MILLISECOND, this::elect);
  }

  /** Answers in the caller's loop by the completion given. */
  void submit(NodeId from, byte[] command, Completion<byte[]> done) {
    long there = world.between(200_000, 3 * World.MILLISECOND);
    if (holding && holdsCommand.test(RcdCommands.decode(command))) {
      held.add(() -> arrive(from, command, done));
    } else {
      world.at(there, () -> arrive(from, command, done));
    }
  }

  private void arrive(NodeId from, byte[] command, Completion<byte[]> done) {
    if (leader == null || !electable(leader) || !reaches(from) || world.chance(loss)) {
      world.at(SILENCE, () -> done.accept(null, unavailable("RCD does not answer")));
      return;
    }
    commands.add(command);
    long index = commands.size();
    world.note(index);
    byte[] answer = state.apply(index, command).answer();
    onCommit.accept(index, state);
    if (holding && holdsAnswer.test(RcdCommands.decode(command))) {
      held.add(() -> done.accept(answer, null));
    } else if (world.chance(loss) || !reaches(from)) {
      world.at(SILENCE, () -> done.accept(null, unavailable("RCD's answer was lost")));
    } else {
      world.at(world.between(200_000, 2 * World.MILLISECOND), () -> done.accept(answer, null));
    }
  }

  private static AerieException unavailable(String what) {
    return new AerieException(ErrorCode.UNAVAILABLE, what);
  }
}
