package io.aerie.engine.rcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Where a layout exists it is found, where none exists the answer says why. */
class FailureDomainTest {
  private static final long GIB = 1L << 30;
  private static final int TOPOLOGIES = 300;
  private static final List<Redundancy> PROTECTIONS =
      List.of(
          Redundancy.copies(2),
          Redundancy.copies(3),
          Redundancy.erasure(2, 1),
          Redundancy.erasure(2, 2));

  private RcdState state = new RcdState();
  private long index;

  private RcdAnswer apply(RcdCommand command) {
    index++;
    return RcdAnswer.decode(state.apply(index, RcdCommands.encode(command)).answer());
  }

  private static NodeId id(int node) {
    return new NodeId("n" + node);
  }

  private void node(int number, String rack, String site, int disks, long bytes) {
    apply(new RcdCommand.JoinNode(id(number), "here", 1, new UUID(number, 1))).orThrow();
    apply(new RcdCommand.LocateNode(id(number), rack, site)).orThrow();
    for (int disk = 0; disk < disks; disk++) {
      apply(
              new RcdCommand.AddDisk(
                  new UUID(number, disk), id(number), 1, "/d" + disk, bytes, 1, "p"))
          .orThrow();
    }
  }

  private void pool(FailureDomain level) {
    apply(new RcdCommand.CreatePool(new UUID(1, 1), "p")).orThrow();
    apply(new RcdCommand.SpreadPool(new UUID(1, 1), level)).orThrow();
  }

  private RcdAnswer volume(Redundancy redundancy) {
    return apply(
        new RcdCommand.CreateVolume(
            new UUID(9, redundancy.hashCode()),
            redundancy.toString().replace('+', '-'),
            GIB,
            "p",
            redundancy,
            7));
  }

  private List<GroupRecord> groups(Redundancy redundancy) {
    return state.groupsOf(state.pool("p").orElseThrow().number(), redundancy);
  }

  /** The same question, asked of every choice of disks there is. */
  private boolean exists(int members, FailureDomain level) {
    return exists(List.copyOf(state.disks().values()), 0, new ArrayList<>(), members, level);
  }

  private boolean exists(
      List<DiskRecord> disks, int from, List<DiskRecord> chosen, int members, FailureDomain level) {
    if (chosen.size() == members) {
      return true;
    }
    for (int i = from; i < disks.size(); i++) {
      DiskRecord next = disks.get(i);
      if (chosen.stream().noneMatch(other -> together(other, next, level))) {
        chosen.add(next);
        if (exists(disks, i + 1, chosen, members, level)) {
          return true;
        }
        chosen.remove(next);
      }
    }
    return false;
  }

  /** Whether two disks can fail as one, by the words of the glossary, not by the product's code. */
  private boolean together(DiskRecord a, DiskRecord b, FailureDomain level) {
    NodeRecord ofA = state.node(a.node()).orElseThrow();
    NodeRecord ofB = state.node(b.node()).orElseThrow();
    boolean node = a.node().equals(b.node());
    boolean sameSite = ofA.site().equals(ofB.site());
    boolean sameRack = !ofA.rack().isEmpty() && ofA.rack().equals(ofB.rack()) && sameSite;
    boolean rack = node || sameRack;
    boolean site = rack || (!ofA.site().isEmpty() && sameSite);
    return switch (level) {
      case DISK -> a.id().equals(b.id());
      case NODE -> node;
      case RACK -> rack;
      case SITE -> site;
    };
  }

  @Test
  void shouldFindALayoutExactlyWhereOneExists() {
    Random random = new Random(4);
    int found = 0;
    int refused = 0;
    for (int i = 0; i < TOPOLOGIES; i++) {
      state = new RcdState();
      int nodes = 1 + random.nextInt(5);
      for (int node = 1; node <= nodes; node++) {
        String rack = random.nextInt(4) == 0 ? "" : "r" + random.nextInt(3);
        String site = random.nextInt(3) == 0 ? "" : "s" + random.nextInt(2);
        node(node, rack, site, 1 + random.nextInt(2), GIB * (20 + random.nextInt(60)));
      }
      FailureDomain level = FailureDomain.values()[random.nextInt(4)];
      pool(level);
      for (Redundancy redundancy : PROTECTIONS) {
        RcdAnswer answer = volume(redundancy);
        if (exists(redundancy.memberCount(), level)) {
          answer.orThrow();
          groups(redundancy).forEach(group -> assertApart(group, level));
          found++;
        } else {
          AerieException error = answer.error().orElseThrow();
          assertThat(error.code()).isEqualTo(ErrorCode.PROTECTION_IMPOSSIBLE);
          assertThat(groups(redundancy)).isEmpty();
          refused++;
        }
      }
    }
    assertThat(found).isGreaterThan(100);
    assertThat(refused).isGreaterThan(100);
  }

  private void assertApart(GroupRecord group, FailureDomain level) {
    List<DiskRecord> members =
        group.members().stream().map(disk -> state.disk(disk).orElseThrow()).toList();
    for (DiskRecord a : members) {
      for (DiskRecord b : members) {
        assertThat(!a.equals(b) && together(a, b, level)).as("%s over %ss", group, level).isFalse();
      }
    }
  }

  @Test
  void shouldSayWhichDomainsThereAre() {
    node(1, "a", "", 1, 100 * GIB);
    node(2, "a", "", 1, 100 * GIB);
    node(3, "b", "", 1, 100 * GIB);
    pool(FailureDomain.RACK);
    volume(Redundancy.copies(2)).orThrow();
    AerieException error = volume(Redundancy.copies(3)).error().orElseThrow();
    assertThat(error).hasMessage("rf3 needs disks in 3 racks");
    assertThat(error.why())
        .isEqualTo("Pool p has disks in 2: rack a with nodes [n1, n2], rack b with nodes [n3].");
  }

  @Test
  void shouldRefuseWhatWouldPutTwoMembersIntoOneDomain() {
    node(1, "a", "", 1, 100 * GIB);
    node(2, "b", "", 1, 100 * GIB);
    pool(FailureDomain.RACK);
    volume(Redundancy.copies(2)).orThrow();
    AerieException moved = apply(new RcdCommand.LocateNode(id(2), "a", "")).error().orElseThrow();
    assertThat(moved.code()).isEqualTo(ErrorCode.PROTECTION_IMPOSSIBLE);
    assertThat(moved.why()).contains("two members in rack a");
    assertThat(state.node(id(2)).orElseThrow().rack()).isEqualTo("b");
    apply(new RcdCommand.SpreadPool(new UUID(1, 1), FailureDomain.NODE)).orThrow();
    apply(new RcdCommand.LocateNode(id(2), "a", "")).orThrow();
    RcdAnswer racks = apply(new RcdCommand.SpreadPool(new UUID(1, 1), FailureDomain.RACK));
    assertThat(racks.error().orElseThrow().code()).isEqualTo(ErrorCode.PROTECTION_IMPOSSIBLE);
  }

  @Test
  void shouldKnowItsPlaceInTheNextLife() {
    node(1, "a", "s", 1, 100 * GIB);
    apply(new RcdCommand.JoinNode(id(1), "there", 2, new UUID(1, 2))).orThrow();
    assertThat(state.node(id(1)).orElseThrow().rack()).isEqualTo("a");
    assertThat(state.node(id(1)).orElseThrow().site()).isEqualTo("s");
  }

  private long groupsOn(Redundancy redundancy, UUID disk) {
    return groups(redundancy).stream().filter(group -> group.members().contains(disk)).count();
  }

  @Test
  void shouldGiveEqualDisksEqualSharesAndSlowOnesLess() {
    for (int node = 1; node <= 6; node++) {
      node(node, "r" + node % 3, "", 2, 100 * GIB);
    }
    apply(new RcdCommand.MeasureDisk(new UUID(6, 1), 50)).orThrow();
    pool(FailureDomain.RACK);
    volume(Redundancy.copies(2)).orThrow();
    int all = 2 * groups(Redundancy.copies(2)).size();
    double share = all / 11.5;
    for (DiskRecord disk : state.disks().values()) {
      double due = disk.speedPercent() == 50 ? share / 2 : share;
      assertThat(Math.abs(groupsOn(Redundancy.copies(2), disk.id()) - due)).isLessThan(1.5);
    }
    assertThat(apply(new RcdCommand.MeasureDisk(new UUID(6, 1), 0)).error()).isPresent();
  }
}
