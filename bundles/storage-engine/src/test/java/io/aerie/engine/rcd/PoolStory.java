package io.aerie.engine.rcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.NodeId;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/** One pool in RCD alone, whose members are moved, with what must hold after each command. */
final class PoolStory {
  static final long GIB = 1L << 30;
  static final UUID POOL = new UUID(1, 1);

  final RcdState state;
  private long index;
  private long life;

  PoolStory() {
    this(new RcdState());
  }

  PoolStory(RcdState state) {
    this.state = state;
    index = state.index();
  }

  RcdAnswer apply(RcdCommand command) {
    index++;
    RcdAnswer answer = RcdAnswer.decode(state.apply(index, RcdCommands.encode(command)).answer());
    boolean placed =
        command instanceof RcdCommand.LocateNode || command instanceof RcdCommand.SpreadPool;
    assertMembersApart(placed);
    return answer;
  }

  static NodeId id(int node) {
    return new NodeId("n" + node);
  }

  static UUID disk(int node, int number) {
    return new UUID(node, number);
  }

  void join(int node) {
    life++;
    long incarnation = state.lastIncarnation(id(node)) + 1;
    apply(new RcdCommand.JoinNode(id(node), "here", incarnation, new UUID(node, life))).orThrow();
  }

  void add(UUID disk, int node, long bytes) {
    long incarnation = state.lastIncarnation(id(node));
    apply(new RcdCommand.AddDisk(disk, id(node), incarnation, "/d", bytes, 1, "p")).orThrow();
  }

  /** A node with one disk of 100 GiB. */
  void node(int node) {
    join(node);
    add(disk(node, 1), node, 100 * GIB);
  }

  void leave(int node) {
    apply(new RcdCommand.LeaveNode(id(node), state.lastIncarnation(id(node)))).orThrow();
  }

  void comeBack(int node) {
    join(node);
    long incarnation = state.lastIncarnation(id(node));
    for (DiskRecord disk : List.copyOf(state.disks().values())) {
      if (disk.node().equals(id(node)) && !disk.removed()) {
        long generation = disk.generation() + 1;
        apply(
                new RcdCommand.BringDisk(
                    disk.id(), disk.node(), incarnation, "/d", disk.capacityBytes(), generation))
            .orThrow();
      }
    }
  }

  void pool(FailureDomain level) {
    apply(new RcdCommand.CreatePool(POOL, "p")).orThrow();
    apply(new RcdCommand.SpreadPool(POOL, level)).orThrow();
  }

  RcdAnswer volume(Redundancy redundancy, long bytes) {
    String name = redundancy.toString().replace('+', '-') + "-" + index;
    return apply(
        new RcdCommand.CreateVolume(new UUID(9, index), name, bytes, "p", redundancy, index));
  }

  void assign(UUID disk, DiskDuty duty) {
    apply(new RcdCommand.AssignDuty(List.of(disk), duty)).orThrow();
  }

  RcdAnswer rebalance() {
    return apply(new RcdCommand.RebalancePool(POOL, false)).orThrow();
  }

  PoolRecord pool() {
    return state.pool("p").orElseThrow();
  }

  JobRecord job() {
    return state.jobs().get(POOL);
  }

  List<GroupRecord> moving() {
    return state.groups().values().stream().filter(g -> g.replacement().isPresent()).toList();
  }

  long membersOn(UUID disk) {
    return state.groups().values().stream().filter(g -> g.members().contains(disk)).count();
  }

  private Optional<GroupRecord> rebuilding() {
    return state.groups().values().stream().filter(g -> !g.rebuilding().isEmpty()).findFirst();
  }

  /** A disk has deleted what it has of a group that it left; false when none has anything. */
  boolean emptiedOnce() {
    for (GroupRecord group : state.groups().values()) {
      for (UUID left : group.former()) {
        DiskRecord disk = state.disk(left).orElseThrow();
        if (disk.up()) {
          apply(new RcdCommand.GroupEmptied(left, disk.generation(), group.number(), group.epoch()))
              .orThrow();
          return true;
        }
      }
    }
    return false;
  }

  /**
   * One volume of one group is done for one disk, or else a disk has deleted what it left; false
   * when there is nothing to do.
   */
  boolean doneOnce() {
    Optional<GroupRecord> next = rebuilding();
    if (next.isEmpty()) {
      return emptiedOnce();
    }
    GroupRecord group = next.get();
    UUID target = group.rebuilding().first();
    VolumeRecord volume =
        state.volumes().values().stream()
            .filter(v -> state.pending(group.number(), target, v.number()))
            .findFirst()
            .orElseThrow();
    RcdCommand done =
        new RcdCommand.ResynchronisationDone(
            volume.number(), volume.epoch(), group.number(), group.epoch(), target, 5);
    apply(done).orThrow();
    return true;
  }

  /** Until nothing is being resynchronised. */
  void finishAll() {
    for (int guard = 0; doneOnce(); guard++) {
      assertThat(guard).as("moves come to an end").isLessThan(10_000);
    }
  }

  /**
   * Members after all that is under way, each apart from the others; targets have one group.
   *
   * @param all also of groups that were not changed
   */
  private void assertMembersApart(boolean all) {
    SortedSet<UUID> targets = new TreeSet<>();
    for (GroupRecord group : state.groups().values()) {
      group
          .rebuilding()
          .forEach(target -> assertThat(targets.add(target)).as("one group at a time").isTrue());
      if (!all && group.revision() != index) {
        continue;
      }
      FailureDomain level = state.pools().get(group.pool()).spread();
      for (UUID a : group.membersAfter()) {
        for (UUID b : group.membersAfter()) {
          assertThat(!a.equals(b) && together(a, b, level))
              .as("%s over %ss", group, level)
              .isFalse();
        }
      }
    }
  }

  /** Whether two disks can fail as one, by the words of the glossary, not by the product's code. */
  boolean together(UUID a, UUID b, FailureDomain level) {
    NodeRecord ofA = state.node(state.disk(a).orElseThrow().node()).orElseThrow();
    NodeRecord ofB = state.node(state.disk(b).orElseThrow().node()).orElseThrow();
    boolean sameSite = ofA.site().equals(ofB.site());
    boolean node = ofA.id().equals(ofB.id());
    boolean rack = node || (!ofA.rack().isEmpty() && ofA.rack().equals(ofB.rack()) && sameSite);
    boolean site = rack || (!ofA.site().isEmpty() && sameSite);
    return switch (level) {
      case DISK -> a.equals(b);
      case NODE -> node;
      case RACK -> rack;
      case SITE -> site;
    };
  }
}
