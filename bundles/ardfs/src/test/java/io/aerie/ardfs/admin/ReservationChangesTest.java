package io.aerie.ardfs.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.ardfs.host.OwnerRequests;
import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.rcd.TestLog;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.protocol.Message.ExtentsRequest;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommand.ClearReservation;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageViews.RegistrationView;
import io.aerie.storage.admin.StorageViews.ReservationView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.aerie.storage.block.Attachments.AttachmentView;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationRequest;
import io.aerie.storage.reservation.ReservationRequest.Action;
import io.aerie.storage.reservation.ReservationType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Administrators see in words who has reserved what, and clear just what they saw. */
class ReservationChangesTest {
  private static final NodeId N1 = new NodeId("n1");
  private static final NodeId N2 = new NodeId("n2");
  private static final Nexus A =
      new Nexus("iqn.2026-01.org.example:a,i,0x800000000001", Nexus.portOf("n1"));
  private static final Nexus B = new Nexus("iqn.2026-01.org.example:b", Nexus.portOf("gone"));

  private final TestLog log = new TestLog();
  private final List<ClearReservation> asked = new ArrayList<>();
  private final ClusterStorage storage =
      new ClusterStorage(
          log.replica,
          new RcdClient(log),
          null,
          Optional::empty,
          Map::of,
          Map::of,
          new OwnerRequests() {
            @Override
            public CompletableFuture<Void> clearReservation(ClearReservation command) {
              asked.add(command);
              return CompletableFuture.completedFuture(null);
            }

            @Override
            public CompletableFuture<ByteBuffer> extents(ExtentsRequest what) {
              throw new AssertionError("nobody asks for extents");
            }
          });
  private long attachment;

  @BeforeEach
  void makeAVolumeThatIsOpen() {
    for (NodeId node : List.of(N1, N2)) {
      UUID life = new UUID(node.hashCode(), 1);
      log.carryOut(new RcdCommand.JoinNode(node, "127.0.0.1:1", 1, life));
      UUID disk = new UUID(node.hashCode(), 2);
      log.carryOut(new RcdCommand.AddDisk(disk, node, 1, "/d", 20L << 30, 1, "default"));
    }
    log.carryOut(new RcdCommand.CreatePool(new UUID(1, 3), "default"));
    log.deliver();
    storage
        .createVolume("v", new ByteSize(1 << 30), "default", Protection.parse("rf2"), false)
        .join();
    long volume = log.leader.read(state -> state.volume("v").orElseThrow().number());
    byte[] attached =
        log.carryOut(
            new RcdCommand.Attach(volume, N1, 1, new UUID(1, 4), "client", Optional.of(A)));
    attachment = RcdAnswer.decode(attached).orThrow().number();
    log.deliver();
  }

  private void ask(long number, Action action, ReservationType type, ReservationRequest.Move move) {
    log.carryOut(
        new RcdCommand.ChangeReservation(
            attachment, number, new ReservationRequest(action, A, 10, 10, type, true, move)));
    log.deliver();
  }

  private void register() {
    ask(1, Action.REGISTER_AND_IGNORE_EXISTING_KEY, null, null);
  }

  private static void assertRefused(ErrorCode code, ThrowingCallable change) {
    assertThatThrownBy(change)
        .cause()
        .isInstanceOfSatisfying(AerieException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void shouldListWhoHasItOpenAndEndIt() {
    ClientAttachments attachments = new ClientAttachments(log.replica, new RcdClient(log));
    String id = Long.toString(attachment);
    AttachmentView only = attachments.attachments().get(0);
    assertThat(only)
        .isEqualTo(new AttachmentView(id, "client", "v", N1, only.initiator(), only.revision()));
    assertThat(only.initiator()).contains(A.initiator());
    assertThat(attachments.detach(id, /* dryRun= */ true)).isCompletedWithValue(only);
    assertThat(attachments.attachments()).hasSize(1);
    assertThat(attachments.detach(id, /* dryRun= */ false).join()).isEqualTo(only);
    assertThat(attachments.attachments()).isEmpty();
    for (String none : List.of(id, "", "-1", "x")) {
      assertRefused(
          ErrorCode.NOT_FOUND, () -> attachments.detach(none, /* dryRun= */ false).join());
    }
  }

  private ReservationView reservation() {
    return storage.reservation("v").join();
  }

  @Test
  void shouldShowWhoIsRegisteredAndWhoHolds() {
    assertThat(storage.reservations()).isEmpty();
    assertThat(reservation().registrations()).isEmpty();
    register();
    ask(2, Action.RESERVE, ReservationType.WRITE_EXCLUSIVE_REGISTRANTS_ONLY, null);
    ask(3, Action.REGISTER_AND_MOVE, null, new ReservationRequest.Move(B, false));
    ReservationView seen = reservation();
    assertThat(storage.reservations()).containsExactly(seen);
    assertThat(seen.name()).isEqualTo("v");
    assertThat(seen.type()).contains("write_exclusive_registrants_only");
    assertThat(seen.generation()).isEqualTo(2);
    assertThat(seen.persistent()).isTrue();
    assertThat(seen.registrations())
        .containsExactly(
            new RegistrationView(
                "iqn.2026-01.org.example:a",
                Optional.of("0x800000000001"),
                Optional.of(N1),
                A.port(),
                Optional.of("0x000000000000000a"),
                false,
                true),
            new RegistrationView(
                "iqn.2026-01.org.example:b",
                Optional.empty(),
                Optional.empty(),
                B.port(),
                Optional.of("0x000000000000000a"),
                true,
                false));
    assertThat(storage.volumes())
        .singleElement()
        .extracting(VolumeView::reservation)
        .isEqualTo(seen.type());
  }

  @Test
  void shouldShowWhoReservedWithoutAKey() {
    ask(1, Action.SIMPLE_RESERVE, null, null);
    ReservationView seen = reservation();
    assertThat(seen.type()).contains("reserve_6");
    assertThat(seen.registrations())
        .singleElement()
        .isEqualTo(
            new RegistrationView(
                "iqn.2026-01.org.example:a",
                Optional.of("0x800000000001"),
                Optional.of(N1),
                A.port(),
                Optional.empty(),
                true,
                true));
    log.carryOut(new RcdCommand.Detach(attachment));
    log.deliver();
    assertThat(reservation().type()).isEmpty();
    assertThat(storage.reservations()).isEmpty();
  }

  @Test
  void shouldClearWhatWasSeenAndNothingElse() {
    OptionalLong any = OptionalLong.empty();
    assertRefused(
        ErrorCode.NOT_FOUND, () -> storage.clearReservation("v", true, any, false).join());
    register();
    ReservationView seen = reservation();
    assertRefused(
        ErrorCode.NOT_FOUND, () -> storage.clearReservation("w", true, any, false).join());
    assertRefused(
        ErrorCode.PRECONDITION_FAILED,
        () -> storage.clearReservation("v", true, OptionalLong.of(1), false).join());
    assertRefused(ErrorCode.IN_USE, () -> storage.clearReservation("v", false, any, true).join());
    assertThat(storage.clearReservation("v", true, any, true).join()).isEqualTo(seen);
    assertThat(asked).isEmpty();
    assertThat(storage.clearReservation(seen.id(), true, any, false).join()).isEqualTo(seen);
    assertThat(asked)
        .containsExactly(new ClearReservation(UUID.fromString(seen.id()), true, seen.revision()));
  }
}
