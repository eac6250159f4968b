package io.aerie.sim;

import io.aerie.base.NodeId;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.store.Completion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * RCD's log as a Raft group looks from outside. Fault model: no leader for a while after the old
 * one is gone or has lost the majority; requests and answers are lost (then the caller hears a
 * failure though the command may have been applied); replicas are behind by any time.
 */
final class SimulatedLog {
  static final long LAG = 12 * World.MILLISECOND;

  private final World world;
  private final Network network;
  private final List<byte[]> commands = new ArrayList<>();
  private final TreeMap<NodeId, Boolean> up = new TreeMap<>();
  private final RcdState state = new RcdState();
  private final BiConsumer<Long, RcdState> onCommit;
  private NodeId leader;
  private long leaderless;
  double loss;
  long lagMaximum = LAG;

  SimulatedLog(World world, Network network, BiConsumer<Long, RcdState> onCommit) {
    this.world = world;
    this.network = network;
    this.onCommit = onCommit;
    elect();
  }

  RcdState committed() {
    return state;
  }

  long length() {
    return commands.size();
  }

  byte[] command(long index) {
    return commands.get((int) index - 1);
  }

  void up(NodeId node, boolean isUp) {
    up.put(node, isUp);
  }

  Optional<NodeId> leader() {
    return Optional.ofNullable(leader);
  }

  /** The leader hands over. */
  void lead(NodeId node) {
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

  private boolean electable(NodeId node) {
    long reached = up.keySet().stream().filter(n -> up.get(n) && network.bothWays(node, n)).count();
    return up.get(node) && reached > up.size() / 2;
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
    world.at(
        there,
        () -> {
          if (leader == null || !electable(leader) || !reaches(from) || world.chance(loss)) {
            world.at(
                300 * World.MILLISECOND,
                () -> done.accept(null, MemoryDisk.unavailable("RCD does not answer")));
            return;
          }
          commands.add(command);
          long index = commands.size();
          byte[] answer = state.apply(index, command).answer();
          onCommit.accept(index, state);
          boolean lost = world.chance(loss) || !reaches(from);
          world.at(
              lost ? 300 * World.MILLISECOND : world.between(200_000, 2 * World.MILLISECOND),
              () -> {
                if (lost) {
                  done.accept(null, MemoryDisk.unavailable("RCD's answer was lost"));
                } else {
                  done.accept(answer, null);
                }
              });
        });
  }
}
