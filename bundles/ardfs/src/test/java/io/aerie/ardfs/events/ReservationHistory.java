package io.aerie.ardfs.events;

import io.aerie.engine.rcd.AttachmentRecord;
import io.aerie.engine.rcd.NodeRecord;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.rcd.ReservationRecord;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationRequest;
import io.aerie.storage.reservation.ReservationRequest.Action;
import io.aerie.storage.reservation.ReservationType;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** Random commands about reservations, as initiators and administrators send them. */
final class ReservationHistory {
  private static final List<Action> ACTIONS =
      List.of(
          Action.REGISTER_AND_IGNORE_EXISTING_KEY,
          Action.REGISTER_AND_IGNORE_EXISTING_KEY,
          Action.RESERVE,
          Action.RESERVE,
          Action.RELEASE,
          Action.PREEMPT_AND_ABORT,
          Action.SIMPLE_RESERVE,
          Action.SIMPLE_RELEASE);

  private ReservationHistory() {}

  static RcdCommand next(RcdState rcd, Random random) {
    List<VolumeRecord> volumes = List.copyOf(rcd.volumes().values());
    List<AttachmentRecord> attachments = List.copyOf(rcd.attachments().values());
    List<NodeRecord> nodes = List.copyOf(rcd.nodes().values());
    if (volumes.isEmpty() || nodes.isEmpty()) {
      return new RcdCommand.Detach(1);
    }
    // few, so that they meet
    VolumeRecord volume = volumes.get(random.nextInt(Math.min(3, volumes.size())));
    NodeRecord node = nodes.get(random.nextInt(nodes.size()));
    Nexus nexus = new Nexus("i" + random.nextInt(2), 1);
    int what = random.nextInt(10);
    if (what == 0) {
      return new RcdCommand.ClearReservation(volume.id(), random.nextBoolean(), -1);
    }
    if (what < 3 || attachments.isEmpty()) {
      return new RcdCommand.Attach(
          volume.number(),
          node.id(),
          node.incarnation(),
          new UUID(random.nextLong(), 6),
          "c",
          Optional.of(nexus));
    }
    AttachmentRecord from = attachments.get(random.nextInt(attachments.size()));
    return what < 5 ? new RcdCommand.Detach(from.generation()) : change(rcd, from, random);
  }

  private static RcdCommand change(RcdState rcd, AttachmentRecord from, Random random) {
    ReservationRecord.Asked last = rcd.reservation(from.volume()).asked().get(from.generation());
    ReservationType[] types = ReservationType.values();
    return new RcdCommand.ChangeReservation(
        from.generation(),
        last == null ? 1 : last.number() + 1,
        new ReservationRequest(
            ACTIONS.get(random.nextInt(ACTIONS.size())),
            from.nexus().orElseThrow(),
            7,
            random.nextInt(5) == 0 ? 0 : 7,
            types[random.nextInt(types.length)],
            false));
  }
}
