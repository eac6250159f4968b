package io.aerie.engine.client;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message.ClientAnswer;
import io.aerie.engine.protocol.Message.ExtentsRequest;
import io.aerie.engine.rcd.AttachmentRecord;
import io.aerie.engine.rcd.RcdChange;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommand.ClearReservation;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.Completion;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationListener;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** The attachments of clients on this node. */
public final class Clients {
  private final NodeContext context;
  private final PartBudget budget = new PartBudget();
  private final TreeMap<Long, ClientSession> sessions = new TreeMap<>();

  /** Who waits for an attachment. */
  private final Set<Completion<VolumeClient>> opening = new LinkedHashSet<>();

  /** What administrators ask of owners. */
  private final Set<OwnerCall> calls = new LinkedHashSet<>();

  /** No client yet. */
  public Clients(NodeContext context) {
    this.context = context;
  }

  /**
   * Attaches; tries for as long as an operation may take.
   *
   * @param nexus the initiator; empty when the client is none
   * @param listener told what reservations do to the attachment
   */
  public void open(
      long volume,
      String client,
      Optional<Nexus> nexus,
      ReservationListener listener,
      Completion<VolumeClient> done) {
    UUID session = new UUID(context.random(), context.random());
    long deadline = context.now() + Timing.CLIENT_PATIENCE;
    Completion<VolumeClient> waiting = (made, failure) -> done.accept(made, failure);
    opening.add(waiting);
    attach(
        new RcdCommand.Attach(
            volume, context.self(), context.incarnation(), session, client, nexus),
        listener,
        deadline,
        waiting);
  }

  private void attach(
      RcdCommand.Attach command,
      ReservationListener listener,
      long deadline,
      Completion<VolumeClient> done) {
    context.submit(
        command,
        (answer, failure) -> {
          boolean refused = answer != null;
          if (failure == null) {
            long generation = answer.number();
            ClientSession made =
                new ClientSession(
                    context,
                    budget,
                    command.volume(),
                    generation,
                    listener,
                    () -> sessions.remove(generation));
            sessions.put(generation, made);
            Optional.ofNullable(context.rcd().attachments().get(generation))
                .ifPresent(this::onAttached);
            if (command.nexus().isPresent()) {
              seen(made, deadline, done);
            } else {
              opened(made, done);
            }
          } else if (refused || context.now() - deadline >= 0) {
            opening.remove(done);
            done.accept(null, failure);
          } else {
            context.later(Timing.RETRY, () -> attach(command, listener, deadline, done));
          }
        });
  }

  private void opened(ClientSession made, Completion<VolumeClient> done) {
    opening.remove(done);
    done.accept(made, null);
  }

  /**
   * An initiator's attachment may end as soon as it is there, and who opens it looks at what was
   * before: it is given away when the own state has it.
   */
  private void seen(ClientSession made, long deadline, Completion<VolumeClient> done) {
    if (!opening.contains(done)) {
      return;
    }
    if (context.rcd().attachments().containsKey(made.generation())) {
      made.reservationsKnown();
      opened(made, done);
    } else if (context.rcd().knows(made.generation()) || context.now() - deadline >= 0) {
      opening.remove(done);
      made.close((nothing, failure) -> {});
      done.accept(null, new AerieException(ErrorCode.FENCED, "The attachment has ended"));
    } else {
      context.later(Timing.CLIENT_RETRY, () -> seen(made, deadline, done));
    }
  }

  /** RCD changed a volume's reservations: initiators on this node are told what concerns them. */
  public void onReservation(RcdChange.Reservation change) {
    for (ClientSession session : List.copyOf(sessions.values())) {
      AttachmentRecord attachment = context.rcd().attachments().get(session.generation());
      if (attachment != null && attachment.volume() == change.reservation().volume()) {
        session.reservationsKnown();
        attachment
            .nexus()
            .map(nexus -> change.attentions().get(nexus))
            .ifPresent(session.listener()::attention);
      }
    }
  }

  /** Clears a volume's reservations for an administrator; see {@link ReservationClearing}. */
  public void clearReservation(long volume, ClearReservation command, Completion<Void> done) {
    ReservationClearing begun =
        new ReservationClearing(context, volume, command, calls::remove, done);
    calls.add(begun);
    begun.submit();
  }

  /** Asks what a snapshot has, or how it differs from another; see {@link ExtentsCall}. */
  public void extents(ExtentsRequest what, Completion<ByteBuffer> done) {
    ExtentsCall begun = new ExtentsCall(context, what, calls::remove, done);
    calls.add(begun);
    begun.start();
  }

  /** RCD has this attachment so: it may be to another volume than before. */
  public void onAttached(AttachmentRecord attachment) {
    ClientSession session = sessions.get(attachment.generation());
    if (session != null) {
      session.follow(attachment.volume());
    }
  }

  /** RCD changed a volume. */
  public void onVolume(VolumeRecord volume) {
    if (volume.conversion().isFormer()) {
      calls.stream()
          .filter(each -> each.volume() == volume.number())
          .forEach(each -> each.follow(volume.conversion().successor()));
    }
    for (ClientSession session : List.copyOf(sessions.values())) {
      if (session.volume() == volume.number()) {
        session.onVolume();
      }
    }
  }

  /** An owner's answer. */
  public void onAnswer(ClientAnswer answer) {
    ClientSession session = sessions.get(answer.generation());
    if (session != null) {
      session.onAnswer(answer);
    }
  }

  /** RCD ended an attachment. */
  public void onDetached(AttachmentRecord attachment) {
    ClientSession session = sessions.get(attachment.generation());
    if (session != null) {
      session.end(new AerieException(ErrorCode.FENCED, "The attachment has ended"));
      if (attachment.nexus().isPresent()) {
        session.listener().aborted();
      }
    }
  }

  /** A volume is gone. */
  public void onDeleted(long volume) {
    AerieException gone = new AerieException(ErrorCode.NOT_FOUND, "The volume was deleted");
    for (ClientSession session : List.copyOf(sessions.values())) {
      if (session.volume() == volume) {
        session.end(gone);
      }
    }
    List.copyOf(calls).stream()
        .filter(each -> each.volume() == volume)
        .forEach(each -> each.fail(gone));
  }

  /** This incarnation is over. */
  public void fence(String why) {
    AerieException error =
        new AerieException(ErrorCode.FENCED, "This node's storage has ended", why, "");
    List.copyOf(sessions.values()).forEach(session -> session.end(error));
    List.copyOf(calls).forEach(each -> each.fail(error));
    List<Completion<VolumeClient>> waiting = List.copyOf(opening);
    opening.clear();
    waiting.forEach(done -> done.accept(null, error));
  }
}
