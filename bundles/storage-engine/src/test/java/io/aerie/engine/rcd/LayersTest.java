package io.aerie.engine.rcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What RCD keeps of layers: three nodes with a disk of 16 GiB each, of which a volume's owner says
 * that it has drained or emptied something.
 */
class LayersTest {
  private static final long GIB = 1L << 30;

  private final RcdState state = new RcdState();
  private final RcdState mirror = new RcdState();
  private long index;

  private RcdAnswer apply(RcdCommand command) {
    index++;
    RcdCommand carried = RcdCommands.decode(RcdCommands.encode(command));
    assertThat(carried).isEqualTo(command);
    RcdState.Applied applied = state.apply(index, RcdCommands.encode(command));
    mirror.mirror(index, applied.changes());
    return RcdAnswer.decode(applied.answer());
  }

  private ErrorCode refusal(RcdCommand command) throws IOException {
    byte[] before = bytes(state);
    ErrorCode code = apply(command).error().orElseThrow().code();
    assertThat(bytes(state)).isEqualTo(before);
    return code;
  }

  @BeforeEach
  void threeNodesWithAPool() {
    for (int i = 1; i <= 3; i++) {
      NodeId node = new NodeId("n" + i);
      apply(new RcdCommand.JoinNode(node, "here", 1, new UUID(i, 1))).orThrow();
      apply(new RcdCommand.AddDisk(new UUID(7, i), node, 1, "/d", 16 * GIB, 1, "default"))
          .orThrow();
    }
    apply(new RcdCommand.CreatePool(new UUID(1, 1), "default")).orThrow();
    volume("v", GIB, Redundancy.copies(3));
  }

  @AfterEach
  void shouldBeTheSameAfterASnapshotOfTheStateAndInAMirror() throws IOException {
    RcdState restored = new RcdState();
    restored.readSnapshot(index, new DataInputStream(new ByteArrayInputStream(bytes(state))));
    assertThat(bytes(restored)).isEqualTo(bytes(state));
    assertThat(bytes(mirror)).isEqualTo(bytes(state));
    assertThat(bytes(state.copy())).isEqualTo(bytes(state));
  }

  private static byte[] bytes(RcdState of) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    of.writeSnapshot(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static UUID id(String name) {
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
  }

  private RcdAnswer volume(String name, long size, Redundancy redundancy) {
    return apply(new RcdCommand.CreateVolume(id(name), name, size, "default", redundancy, 42));
  }

  private VolumeRecord volume(String name) {
    return state.volume(name).orElseThrow();
  }

  private static RcdCommand.CreateSnapshot wish(String name) {
    return new RcdCommand.CreateSnapshot(id(name), name, id("v"));
  }

  private SnapshotRecord snapshot(String name) {
    return state.snapshots().values().stream()
        .filter(s -> s.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private RcdCommand.Freeze freeze(String name) {
    VolumeRecord v = volume("v");
    return new RcdCommand.Freeze(v.number(), v.epoch(), snapshot(name).number(), v.live().number());
  }

  private long frozen(String name) {
    apply(wish(name)).orThrow();
    apply(freeze(name)).orThrow();
    return snapshot(name).layer();
  }

  private RcdAnswer revert(String name) {
    return apply(new RcdCommand.RevertVolume(id("v"), id(name), volume("v").revision()));
  }

  private RcdCommand.LayerDone done(long layer, long into) {
    VolumeRecord v = volume("v");
    return new RcdCommand.LayerDone(v.number(), v.epoch(), layer, into);
  }

  @Test
  void shouldFreezeTheLiveLayerAndOpenTheNextWithTheSameSeed() {
    long first = volume("v").live().number();
    assertThat(frozen("a")).isEqualTo(first);
    VolumeRecord v = volume("v");
    assertThat(v.wanted()).isZero();
    assertThat(v.live().number()).isNotEqualTo(first);
    assertThat(v.live().seed()).isEqualTo(42);
    assertThat(v.live().parent()).isEqualTo(first);
    assertThat(v.chain(v.live().number())).extracting(VolumeRecord.Layer::number).hasSize(2);
    // The same command again, as after an answer that was lost.
    apply(new RcdCommand.Freeze(v.number(), v.epoch(), snapshot("a").number(), first)).orThrow();
    assertThat(volume("v")).isEqualTo(v);
  }

  @Test
  void shouldFreezeForThePresentOwnerOnly() throws IOException {
    apply(wish("a")).orThrow();
    RcdCommand.Freeze now = freeze("a");
    RcdCommand late =
        new RcdCommand.Freeze(now.volume(), now.volumeEpoch() - 1, now.snapshot(), now.layer());
    assertThat(refusal(late)).isEqualTo(ErrorCode.PRECONDITION_FAILED);
    RcdCommand other =
        new RcdCommand.Freeze(now.volume(), now.volumeEpoch(), now.snapshot(), now.layer() + 1);
    assertThat(refusal(other)).isEqualTo(ErrorCode.PRECONDITION_FAILED);
  }

  @Test
  void shouldMakeOneSnapshotAtATimeAndRefuseNamesInUse() throws IOException {
    apply(wish("a")).orThrow();
    apply(wish("a")).orThrow();
    assertThat(state.snapshots()).hasSize(1);
    assertThat(refusal(wish("b"))).isEqualTo(ErrorCode.CONFLICT);
    apply(freeze("a")).orThrow();
    assertThat(refusal(new RcdCommand.CreateSnapshot(id("other"), "a", id("v"))))
        .isEqualTo(ErrorCode.ALREADY_EXISTS);
    assertThat(refusal(new RcdCommand.CreateSnapshot(id("c"), "c d", id("v"))))
        .isEqualTo(ErrorCode.INVALID_NAME);
    assertThat(refusal(new RcdCommand.CreateSnapshot(id("c"), "c", id("w"))))
        .isEqualTo(ErrorCode.NOT_FOUND);
  }

  @Test
  void shouldPromiseAWholeLayerOfFragments() throws IOException {
    PoolRecord pool = state.pool("default").orElseThrow();
    volume("e", GIB, Redundancy.erasure(2, 1)).orThrow();
    long before = state.reservedBytes(pool);
    long blocks = volume("e").promisedBlocks();
    apply(new RcdCommand.CreateSnapshot(id("x"), "x", id("e"))).orThrow();
    assertThat(volume("e").promisedBlocks()).isEqualTo(2 * blocks);
    assertThat(state.reservedBytes(pool)).isEqualTo(before + 3 * blocks * (4L << 20));
  }

  @Test
  void shouldGiveUpASnapshotThatIsOnlyWanted() throws IOException {
    apply(wish("a")).orThrow();
    RcdCommand.Freeze late = freeze("a");
    apply(new RcdCommand.DeleteSnapshot(id("a"))).orThrow();
    assertThat(volume("v").wanted()).isZero();
    assertThat(refusal(late)).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(volume("v").layers()).hasSize(1);
  }

  @Test
  void shouldPromiseAWholeLayerForEachSnapshotAndClone() throws IOException {
    PoolRecord pool = state.pool("default").orElseThrow();
    long before = state.reservedBytes(pool);
    apply(wish("a")).orThrow();
    assertThat(state.reservedBytes(pool)).isEqualTo(before + 3 * GIB);
    apply(freeze("a")).orThrow();
    assertThat(state.reservedBytes(pool)).isEqualTo(before + 3 * GIB);
    apply(new RcdCommand.CloneSnapshot(id("c"), "c", id("a"), Redundancy.copies(3), 5)).orThrow();
    assertThat(state.reservedBytes(pool)).isEqualTo(before + 6 * GIB);
    volume("rest", 12 * GIB, Redundancy.copies(3)).orThrow();
    frozen("b");
    assertThat(state.availableBytes(pool, Redundancy.copies(3))).isZero();
    assertThat(refusal(wish("d"))).isEqualTo(ErrorCode.CAPACITY_EXCEEDED);
    assertThat(
            refusal(new RcdCommand.CloneSnapshot(id("d"), "d", id("a"), Redundancy.copies(3), 5)))
        .isEqualTo(ErrorCode.CAPACITY_EXCEEDED);
    long revision = volume("v").revision();
    assertThat(refusal(new RcdCommand.RevertVolume(id("v"), id("a"), revision)))
        .isEqualTo(ErrorCode.CAPACITY_EXCEEDED);
    assertThat(refusal(new RcdCommand.ResizeVolume(id("v"), 2 * GIB, false, -1)))
        .isEqualTo(ErrorCode.CAPACITY_EXCEEDED);
    apply(new RcdCommand.DeleteSnapshot(id("b"))).orThrow();
    assertThat(refusal(wish("d"))).isEqualTo(ErrorCode.CAPACITY_EXCEEDED);
    long folded = state.layerToFold(volume("v")).orElseThrow().number();
    apply(done(folded, volume("v").live().number())).orThrow();
    apply(wish("d")).orThrow();
  }

  @Test
  void shouldFoldADeletedSnapshotIntoTheLayerAbove() throws IOException {
    long a = frozen("a");
    long b = frozen("b");
    assertThat(state.layerToFold(volume("v"))).isEmpty();
    assertThat(refusal(done(b, volume("v").live().number())))
        .isEqualTo(ErrorCode.PRECONDITION_FAILED);
    apply(new RcdCommand.DeleteSnapshot(id("b"))).orThrow();
    assertThat(state.layerToFold(volume("v")).orElseThrow().number()).isEqualTo(b);
    assertThat(refusal(done(b, 0))).isEqualTo(ErrorCode.PRECONDITION_FAILED);
    RcdCommand done = done(b, volume("v").live().number());
    apply(done).orThrow();
    apply(done).orThrow();
    assertThat(volume("v").live().parent()).isEqualTo(a);
    assertThat(volume("v").layers()).hasSize(2);
    assertThat(state.layerToFold(volume("v"))).isEmpty();
  }

  @Test
  void shouldKeepALayerOnWhichTwoOthersStand() {
    long a = frozen("a");
    frozen("b");
    long old = volume("v").live().number();
    revert("a").orThrow();
    assertThat(volume("v").live().parent()).isEqualTo(a);
    assertThat(state.layerToFold(volume("v")).orElseThrow().number()).isEqualTo(old);
    apply(done(old, 0)).orThrow();
    // Snapshot b and the live layer both stand on it, whether it has a name or not.
    apply(new RcdCommand.DeleteSnapshot(id("a"))).orThrow();
    assertThat(state.layerToFold(volume("v"))).isEmpty();
    long b = snapshot("b").layer();
    apply(new RcdCommand.DeleteSnapshot(id("b"))).orThrow();
    apply(done(b, 0)).orThrow();
    assertThat(state.layerToFold(volume("v")).orElseThrow().number()).isEqualTo(a);
  }

  @Test
  void shouldRevertUnderANewEpochAndOnlyOnce() throws IOException {
    long a = frozen("a");
    VolumeRecord before = volume("v");
    RcdCommand command = new RcdCommand.RevertVolume(id("v"), id("a"), before.revision());
    apply(command).orThrow();
    VolumeRecord after = volume("v");
    assertThat(after.epoch()).isEqualTo(before.epoch() + 1);
    assertThat(after.live().parent()).isEqualTo(a);
    assertThat(after.layer(before.live().number())).isPresent();
    assertThat(refusal(command)).isEqualTo(ErrorCode.PRECONDITION_FAILED);
  }

  @Test
  void shouldNotRevertWhatIsOpen() throws IOException {
    frozen("a");
    apply(new RcdCommand.Attach(volume("v").number(), new NodeId("n1"), 1, new UUID(3, 3), "test"))
        .orThrow();
    long revision = volume("v").revision();
    assertThat(refusal(new RcdCommand.RevertVolume(id("v"), id("a"), revision)))
        .isEqualTo(ErrorCode.IN_USE);
    assertThat(refusal(new RcdCommand.ResizeVolume(id("v"), GIB / 2, true, -1)))
        .isEqualTo(ErrorCode.IN_USE);
  }

  @Test
  void shouldCloneASnapshotAndKeepItWhileThereIsAClone() throws IOException {
    apply(wish("a")).orThrow();
    RcdCommand clone = new RcdCommand.CloneSnapshot(id("c"), "c", id("a"), Redundancy.copies(3), 5);
    assertThat(refusal(clone)).isEqualTo(ErrorCode.CONFLICT);
    apply(freeze("a")).orThrow();
    long number = apply(clone).orThrow().number();
    assertThat(apply(clone).orThrow().number()).isEqualTo(number);
    VolumeRecord c = volume("c");
    assertThat(c.origin()).isEqualTo(snapshot("a").number());
    assertThat(c.layers()).hasSize(1);
    assertThat(c.live().seed()).isEqualTo(5);
    assertThat(c.layered()).isTrue();
    assertThat(c.owner()).isPresent();
    assertThat(
            refusal(new RcdCommand.CloneSnapshot(id("d"), "c", id("a"), Redundancy.copies(3), 5)))
        .isEqualTo(ErrorCode.ALREADY_EXISTS);
    assertThat(refusal(new RcdCommand.DeleteSnapshot(id("a")))).isEqualTo(ErrorCode.IN_USE);
    assertThat(refusal(new RcdCommand.DeleteVolume(id("v"), -1))).isEqualTo(ErrorCode.IN_USE);
    apply(new RcdCommand.DeleteVolume(id("c"), -1)).orThrow();
    assertThat(refusal(new RcdCommand.DeleteVolume(id("v"), -1))).isEqualTo(ErrorCode.IN_USE);
    apply(new RcdCommand.DeleteSnapshot(id("a"))).orThrow();
    apply(new RcdCommand.DeleteVolume(id("v"), -1)).orThrow();
  }

  @Test
  void shouldGrowAtOnceAndShrinkOnlyByForce() throws IOException {
    apply(new RcdCommand.ResizeVolume(id("v"), 2 * GIB, false, -1)).orThrow();
    assertThat(volume("v").sizeBytes()).isEqualTo(2 * GIB);
    assertThat(refusal(new RcdCommand.ResizeVolume(id("v"), GIB, false, -1)))
        .isEqualTo(ErrorCode.PRECONDITION_FAILED);
    assertThat(refusal(new RcdCommand.ResizeVolume(id("v"), 1000, true, -1)))
        .isEqualTo(ErrorCode.INVALID_SIZE);
    assertThat(refusal(new RcdCommand.ResizeVolume(id("v"), GIB, true, 1)))
        .isEqualTo(ErrorCode.PRECONDITION_FAILED);
    long epoch = volume("v").epoch();
    long reserved = state.reservedBytes(state.pool("default").orElseThrow());
    apply(new RcdCommand.ResizeVolume(id("v"), GIB, true, -1)).orThrow();
    VolumeRecord cut = volume("v");
    assertThat(cut.epoch()).isEqualTo(epoch + 1);
    assertThat(cut.discardBytes()).isEqualTo(2 * GIB);
    assertThat(state.reservedBytes(state.pool("default").orElseThrow())).isEqualTo(reserved);
    assertThat(refusal(new RcdCommand.ResizeVolume(id("v"), 2 * GIB, false, -1)))
        .isEqualTo(ErrorCode.CONFLICT);
    assertThat(refusal(wish("a"))).isEqualTo(ErrorCode.CONFLICT);
    assertThat(refusal(new RcdCommand.Discarded(cut.number(), cut.epoch() - 1)))
        .isEqualTo(ErrorCode.PRECONDITION_FAILED);
    apply(new RcdCommand.Discarded(cut.number(), cut.epoch())).orThrow();
    assertThat(volume("v").discardBytes()).isZero();
    apply(new RcdCommand.ResizeVolume(id("v"), 2 * GIB, false, -1)).orThrow();
  }

  @Test
  void shouldNotSeeBelowWhatWasCutOff() {
    frozen("a");
    assertThat(volume("v").live().belowBytes()).isEqualTo(GIB);
    apply(new RcdCommand.ResizeVolume(id("v"), GIB / 2, true, -1)).orThrow();
    apply(new RcdCommand.Discarded(volume("v").number(), volume("v").epoch())).orThrow();
    apply(new RcdCommand.ResizeVolume(id("v"), GIB, false, -1)).orThrow();
    assertThat(volume("v").live().belowBytes()).isEqualTo(GIB / 2);
    revert("a").orThrow();
    assertThat(volume("v").live().belowBytes()).isEqualTo(GIB);
    assertThat(List.copyOf(state.snapshots().values())).hasSize(1);
  }
}
