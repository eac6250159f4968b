package io.aerie.engine.rcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * From wherever it begins rebalancing comes to an end, with every move the disks' shares are more
 * equal, and at the end they are as equal as single moves can make them; with the real state
 * machine.
 */
class BalanceEndsTest {
  private static final int POOLS = 60;
  private static final List<Redundancy> PROTECTIONS =
      List.of(
          Redundancy.copies(2),
          Redundancy.copies(3),
          Redundancy.erasure(2, 1),
          Redundancy.erasure(2, 2));

  private int moves;
  private int equal;

  @Test
  void shouldEndBalancedWhateverDisksComeAndGo() {
    for (int seed = 1; seed <= POOLS; seed++) {
      PoolStory story = pool(new Random(seed));
      rebalance("seed " + seed, story);
    }
    assertThat(moves).isGreaterThan(10 * POOLS);
    assertThat(equal).as("pools that are within the tolerance").isGreaterThan(POOLS / 10);
  }

  private static PoolStory pool(Random random) {
    PoolStory story = new PoolStory();
    int nodes = 2 + random.nextInt(5);
    for (int node = 1; node <= nodes; node++) {
      node(random, story, node);
    }
    story.pool(FailureDomain.values()[random.nextInt(4)]);
    for (Redundancy redundancy : PROTECTIONS) {
      if (random.nextBoolean()) {
        story.volume(redundancy, PoolStory.GIB * (1 + random.nextInt(4)));
      }
    }
    for (int node = nodes + 1; node <= nodes + random.nextInt(4); node++) {
      node(random, story, node);
    }
    for (DiskRecord disk : List.copyOf(story.state.disks().values())) {
      if (random.nextInt(8) == 0) {
        RcdCommand drain = new RcdCommand.AssignDuty(List.of(disk.id()), DiskDuty.DRAINING);
        boolean drains = story.apply(drain).error().isEmpty();
        story.finishAll();
        if (drains && random.nextBoolean()) {
          story.assign(disk.id(), DiskDuty.SERVING);
        }
      }
    }
    return story;
  }

  private static void node(Random random, PoolStory story, int node) {
    story.join(node);
    String rack = random.nextInt(3) == 0 ? "" : "r" + random.nextInt(4);
    story.apply(new RcdCommand.LocateNode(PoolStory.id(node), rack, "")).orThrow();
    int disks = 1 + random.nextInt(3);
    for (int number = 1; number <= disks; number++) {
      UUID disk = PoolStory.disk(node, number);
      story.add(disk, node, PoolStory.GIB * (20 + random.nextInt(4) * 20L));
      if (random.nextInt(4) == 0) {
        story.apply(new RcdCommand.MeasureDisk(disk, 50 + random.nextInt(150))).orThrow();
      }
    }
  }

  private void rebalance(String seed, PoolStory story) {
    story.rebalance();
    double before = inequality(story);
    int done = story.job() == null ? 0 : story.job().groupsDone();
    while (story.doneOnce()) {
      if (story.job().groupsDone() > done) {
        done = story.job().groupsDone();
        moves++;
      }
      double now = inequality(story);
      assertThat(now).as(seed).isLessThanOrEqualTo(before * (1 + 1e-12));
      before = now;
    }
    if (story.job() != null) {
      assertThat(story.job().state()).as(seed).isEqualTo(JobRecord.State.DONE);
      assertThat(story.job().groupsDone()).as(seed).isEqualTo(story.job().groupsTotal());
    }
    assertThat(story.state.unbalanced(story.pool())).as(seed).isFalse();
    boolean apart = false;
    for (Redundancy redundancy : PROTECTIONS) {
      apart |= assertNoMoveHelps(seed, story, redundancy);
    }
    equal += apart ? 0 : 1;
  }

  private static SortedMap<UUID, Long> counts(PoolStory story, Redundancy redundancy) {
    TreeMap<UUID, Long> counts = new TreeMap<>();
    for (DiskRecord disk : story.state.disks().values()) {
      if (disk.takesMembers()) {
        counts.put(disk.id(), 0L);
      }
    }
    for (GroupRecord group : story.state.groupsOf(story.pool().number(), redundancy)) {
      for (UUID disk : group.membersAfter()) {
        counts.computeIfPresent(disk, (id, count) -> count + 1);
      }
    }
    return counts;
  }

  private static long merit(PoolStory story, UUID disk) {
    return Placement.merit(story.state.disk(disk).orElseThrow());
  }

  /** Least when each disk has what it is due; with what is under way counted as done. */
  private static double inequality(PoolStory story) {
    double sum = 0;
    for (Redundancy redundancy : PROTECTIONS) {
      for (var count : counts(story, redundancy).entrySet()) {
        sum += (double) count.getValue() * count.getValue() / merit(story, count.getKey());
      }
    }
    return sum;
  }

  /** Asked of every member and every disk; returns whether any two disks are apart. */
  private static boolean assertNoMoveHelps(String seed, PoolStory story, Redundancy redundancy) {
    SortedMap<UUID, Long> counts = counts(story, redundancy);
    boolean apart = false;
    for (UUID from : counts.keySet()) {
      for (UUID to : counts.keySet()) {
        double shareFrom = (double) counts.get(from) / merit(story, from);
        double shareTo = (double) counts.get(to) / merit(story, to);
        if (shareTo < shareFrom * 0.949) {
          apart = true;
          boolean gains =
              (counts.get(to) + 0.5) / merit(story, to)
                  < (counts.get(from) - 0.5) / merit(story, from) * (1 - 1e-9);
          assertThat(gains && anyMayMove(story, redundancy, from, to))
              .as("%s: something of %s may go to %s", seed, from, to)
              .isFalse();
        }
      }
    }
    return apart;
  }

  private static boolean anyMayMove(PoolStory story, Redundancy redundancy, UUID from, UUID to) {
    FailureDomain level = story.pool().spread();
    RcdIndex index = story.state.tables().index();
    return story.state.groupsOf(story.pool().number(), redundancy).stream()
        .filter(group -> group.members().contains(from) && !group.members().contains(to))
        .filter(
            group ->
                group.members().stream()
                    .allMatch(m -> m.equals(from) || !story.together(m, to, level)))
        .anyMatch(
            group ->
                PoolRoom.takes(
                    Replacements.shareWith(to, group, index.share(to)),
                    index.groupCounts(group.pool()),
                    index.promisedBlocks(group.pool())));
  }

  /** Whatever was under way: nothing is moved for ever, and what is to be rebuilt is. */
  @Test
  void shouldEndAfterAnyHistory() {
    int ended = 0;
    for (int seed = 1; seed <= 20; seed++) {
      RcdState state = new RcdState();
      RandomHistory history = new RandomHistory(seed, state);
      for (int step = 1; step <= 600; step++) {
        state.apply(step, RcdCommands.encode(history.next()));
      }
      PoolStory story = new PoolStory(state);
      for (int node = 1; node <= RandomHistory.NODES; node++) {
        if (state.node(PoolStory.id(node)).filter(n -> !n.leaving()).isPresent()) {
          story.comeBack(node);
        }
      }
      for (PoolRecord pool : List.copyOf(state.pools().values())) {
        story.apply(new RcdCommand.RebalancePool(pool.id(), false)).orThrow();
      }
      story.finishAll();
      for (PoolRecord pool : state.pools().values()) {
        JobRecord job = state.jobs().get(pool.id());
        boolean waits =
            !state.tables().index().leaving.isEmpty()
                || state.groups().values().stream().anyMatch(g -> !g.whole() || g.frozen());
        assertThat(job == null || waits || job.state() != JobRecord.State.RUNNING)
            .as("seed %s", seed)
            .isTrue();
        ended += job != null && job.state() == JobRecord.State.DONE ? 1 : 0;
      }
    }
    assertThat(ended).isPositive();
  }
}
