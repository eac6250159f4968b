package io.aerie.ardfs.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.rcd.TestLog;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.rcd.DiskDuty;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.NodeView;
import io.aerie.storage.admin.StorageViews.Outcome;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What an administrator is told of disks that are to be emptied is what happens; a dry run and a
 * refusal change nothing. Four nodes of one disk each, and a volume of three copies.
 */
class DutyChangesTest {
  private static final long GIB = 1L << 30;
  private static final OptionalLong ANY = OptionalLong.empty();

  private final TestLog log = new TestLog();
  private final ClusterStorage storage =
      new ClusterStorage(
          log.replica,
          new RcdClient(log),
          null,
          Optional::empty,
          () -> Map.of(id(1), 5 * GIB),
          Map::of,
          null);

  @BeforeEach
  void makeAVolume() {
    log.addNodes(4, 20 * GIB);
    log.carryOut(new RcdCommand.CreatePool(new UUID(1, 3), "default"));
    log.deliver();
    storage.createVolume("v", new ByteSize(GIB), "default", Protection.parse("rf3"), false).join();
  }

  private static UUID id(int disk) {
    return new UUID(disk, 2);
  }

  private static String text(int disk) {
    return id(disk).toString();
  }

  private String duty(int disk) {
    return storage.disks().stream()
        .filter(view -> view.id().equals(text(disk)))
        .findFirst()
        .orElseThrow()
        .duty();
  }

  private static void assertRefused(ErrorCode code, ThrowingCallable change) {
    assertThatThrownBy(change)
        .cause()
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void shouldTellWhatWouldMoveWhere() {
    int commands = log.size();
    Outcome<DiskView> dry = storage.drainDisk(text(1), false, ANY, true).join();
    assertThat(log.size()).as("commands").isEqualTo(commands);
    assertThat(dry.dryRun()).isTrue();
    assertThat(dry.object().duty()).isEqualTo("draining");
    assertThat(duty(1)).isEqualTo("serving");
    assertThat(dry.freeBytesAfter()).isEqualTo(3 * 20 * GIB - 3 * GIB);
    assertThat(dry.toleratedNodeFailures()).isEqualTo(2);
    long groups =
        log.leader.read(
            state ->
                state.groups().values().stream().filter(g -> g.members().contains(id(1))).count());
    assertThat(dry.explanation().get(0)).contains(groups + " groups").contains("5 GiB");
    assertThat(String.join(" ", dry.explanation().subList(1, dry.explanation().size())))
        .contains("of n");
    assertThat(storage.drainDisk(text(1), false, ANY, false).join().explanation())
        .isEqualTo(dry.explanation());
    assertThat(duty(1)).isEqualTo("draining");
    assertThat(storage.jobs()).hasSize(1);
  }

  @Test
  void shouldCallADrainingOffButNotAnAbsence() {
    storage.drainDisk(text(1), false, ANY, false).join();
    storage.drainDisk(text(1), true, ANY, false).join();
    assertThat(duty(1)).isEqualTo("serving");
    assertThat(storage.drainDisk(text(1), true, ANY, false).join().explanation())
        .containsExactly("Nothing changes: no disk of it is meant for anything else.");
    log.carryOut(new RcdCommand.LeaveNode(new NodeId("n1"), 1));
    log.carryOut(new RcdCommand.AssignDuty(List.of(id(1)), DiskDuty.ABSENT));
    log.deliver();
    assertRefused(
        ErrorCode.PRECONDITION_FAILED, () -> storage.drainDisk(text(1), true, ANY, false).join());
    storage.drainNode("n1", true, ANY, false).join();
    assertThat(duty(1)).isEqualTo("absent");
  }

  @Test
  void shouldDrainANodeWithAllItsDisksOrNone() {
    NodeId n1 = new NodeId("n1");
    log.carryOut(new RcdCommand.AddDisk(id(5), n1, 1, "/d5", 20 * GIB, 1, "default"));
    log.deliver();
    NodeView drained = storage.drainNode("n1", false, ANY, false).join().object();
    assertThat(drained.duty()).isEqualTo("draining");
    assertThat(duty(1)).isEqualTo("draining");
    assertThat(duty(5)).isEqualTo("draining");
    assertRefused(
        ErrorCode.PROTECTION_IMPOSSIBLE, () -> storage.drainNode("n2", false, ANY, false).join());
    assertThat(duty(2)).isEqualTo("serving");
    assertThat(storage.drainNode("n1", true, ANY, false).join().object().duty())
        .isEqualTo("serving");
  }

  private void leave(int node) {
    log.carryOut(new RcdCommand.LeaveNode(new NodeId("n" + node), 1));
    log.deliver();
  }

  /** Owners bring every successor up to date. */
  private void finishMoving() {
    Optional<RcdCommand> next = log.leader.read(DutyChangesTest::done);
    while (next.isPresent()) {
      log.carryOut(next.get());
      next = log.leader.read(DutyChangesTest::done);
    }
    log.deliver();
  }

  private static Optional<RcdCommand> done(RcdState state) {
    for (GroupRecord group : state.groups().values()) {
      for (UUID disk : group.rebuilding()) {
        for (VolumeRecord volume : state.volumes().values()) {
          if (state.pending(group.number(), disk, volume.number())) {
            return Optional.of(
                new RcdCommand.ResynchronisationDone(
                    volume.number(), volume.epoch(), group.number(), group.epoch(), disk, 7));
          }
        }
      }
    }
    return Optional.empty();
  }

  @Test
  void shouldGiveUpOnlyWhatIsAway() {
    assertRefused(
        ErrorCode.PRECONDITION_FAILED, () -> storage.failDisk(text(1), ANY, false).join());
    leave(1);
    assertThat(storage.failDisk(text(1), ANY, true).join().object().duty()).isEqualTo("absent");
    assertThat(duty(1)).isEqualTo("serving");
    Outcome<DiskView> given = storage.failDisk(text(1), ANY, false).join();
    assertThat(given.object().duty()).isEqualTo("absent");
    assertThat(given.toleratedNodeFailures()).as("one copy is away").isEqualTo(1);
    assertThat(duty(1)).isEqualTo("absent");
  }

  @Test
  void shouldNotGiveUpWhatDrainsThoughItIsAway() {
    storage.drainDisk(text(1), false, ANY, false).join();
    leave(1);
    storage.failDisk(text(1), ANY, false).join();
    assertThat(duty(1)).as("it drains on when it is back").isEqualTo("draining");
  }

  @Test
  void shouldRemoveWhatIsEmpty() {
    assertRefused(
        ErrorCode.PRECONDITION_FAILED, () -> storage.removeDisk(text(1), ANY, false).join());
    storage.drainDisk(text(1), false, ANY, false).join();
    assertRefused(ErrorCode.IN_USE, () -> storage.removeDisk(text(1), ANY, false).join());
    finishMoving();
    assertThat(storage.jobs().get(0).state()).isEqualTo("done");
    assertThat(storage.removeDisk(text(1), ANY, true).join().dryRun()).isTrue();
    assertThat(storage.disks()).hasSize(4);
    log.losesNextAnswer = true;
    assertThat(storage.removeDisk(text(1), ANY, false).join().object().id()).isEqualTo(text(1));
    assertThat(storage.disks()).hasSize(3);
    assertThat(storage.nodes().get(0).diskCount()).isZero();
    assertThat(storage.pools().get(0).capacityBytes()).isEqualTo(3 * 20 * GIB);
    assertRefused(ErrorCode.NOT_FOUND, () -> storage.removeDisk(text(1), ANY, false).join());
  }

  @Test
  void shouldRefuseWhatIsNotThereOrNotMeant() {
    OptionalLong stale = OptionalLong.of(0);
    int commands = log.size();
    assertRefused(
        ErrorCode.PRECONDITION_FAILED,
        () -> storage.drainDisk(text(1), false, stale, false).join());
    assertRefused(
        ErrorCode.PRECONDITION_FAILED, () -> storage.drainNode("n1", false, stale, false).join());
    assertRefused(ErrorCode.NOT_FOUND, () -> storage.drainDisk("/d1", false, ANY, false).join());
    assertRefused(ErrorCode.NOT_FOUND, () -> storage.drainNode("n9", false, ANY, false).join());
    assertThat(log.size()).isEqualTo(commands);
  }
}
