package io.aerie.iscsi.server;

import io.aerie.base.NodeId;
import io.aerie.export.volume.ExportedVolume;
import io.aerie.iscsi.scsi.Attentions;
import io.aerie.iscsi.scsi.LogicalUnit;
import io.aerie.iscsi.scsi.PortGroups;
import io.aerie.iscsi.scsi.Sense;
import io.aerie.iscsi.scsi.Unit;
import io.aerie.iscsi.target.UnitDefinition;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationListener;
import io.aerie.storage.reservation.ReservationOutcome.Attention;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * A logical unit as one session uses it: an attachment of its own to the volume, made when the
 * first command needs it. On the session's loop, but for what others' reservations do.
 */
final class SessionUnit implements ReservationListener {
  private final IscsiContext context;
  private final String client;
  private final Sessions.Key key;
  private final Runnable aborted;
  private final LongFunction<CompletableFuture<LogicalUnit>> find;
  private final Supplier<List<Integer>> units;
  private final Attentions attentions = new Attentions();
  private volatile UnitDefinition definition;
  private CompletableFuture<Open> opening;

  private record Open(ExportedVolume volume, LogicalUnit unit) {}

  /**
   * @param client who, for storage's lists
   * @param units the numbers of all units of the target
   * @param aborted another initiator aborts all tasks; any thread
   * @param find the session's unit of an NAA identifier, or null; on the session's loop
   */
  SessionUnit(
      IscsiContext context,
      UnitDefinition definition,
      String client,
      Sessions.Key key,
      Supplier<List<Integer>> units,
      Runnable aborted,
      LongFunction<CompletableFuture<LogicalUnit>> find) {
    this.context = context;
    this.definition = definition;
    this.client = client;
    this.key = key;
    this.units = units;
    this.aborted = aborted;
    this.find = find;
    attentions.add(Sense.POWER_ON);
  }

  String volumeName() {
    return definition.volume();
  }

  /** Whether it is still the unit that is wanted, but for whether it may be written. */
  boolean isUnitOf(UnitDefinition wanted) {
    return wanted != null && wanted.writable().equals(definition.writable());
  }

  /**
   * The administrator wants the same unit, perhaps write-protected now, or no longer. What is under
   * way in storage ends as it would have.
   */
  void follow(UnitDefinition wanted) {
    if (!wanted.equals(definition)) {
      definition = wanted;
      attentions.add(Sense.MODES_CHANGED);
    }
  }

  Attentions attentions() {
    return attentions;
  }

  /** The unit, when its volume can be opened; the next call tries again when it could not. */
  CompletableFuture<LogicalUnit> open() {
    if (opening == null || opening.isCompletedExceptionally()) {
      opening =
          context
              .source()
              .find(volumeName())
              .thenCompose(
                  view ->
                      context
                          .source()
                          .open(volumeName(), client, Optional.of(nexus()), this)
                          .thenApply(volume -> opened(view, volume)));
    }
    return opening.thenApply(Open::unit);
  }

  private Nexus nexus() {
    return key.nexus(context.portalGroupTag());
  }

  @Override
  public void attention(Attention what) {
    attentions.add(what);
  }

  @Override
  public void aborted() {
    aborted.run();
  }

  private Open opened(VolumeView view, ExportedVolume volume) {
    Unit identity =
        new Unit(view.id(), key.target(), context.portalGroupTag(), definition.blockBytes());
    LogicalUnit unit =
        new LogicalUnit(
            identity,
            volume,
            nexus(),
            () -> presentSize(view.id(), volume),
            () -> definition.readOnly(),
            this::portGroups,
            units,
            attentions,
            find);
    return new Open(volume, unit);
  }

  private long presentSize(String id, ExportedVolume volume) {
    VolumeView present = context.source().viewNow(volumeName());
    return present == null || !present.id().equals(id) ? volume.sizeBytes() : present.sizeBytes();
  }

  /** Every node is a portal; the one of the volume's owner is the best. */
  private PortGroups portGroups() {
    VolumeView present = context.source().viewNow(volumeName());
    NodeId owner = present == null ? null : present.owner();
    return new PortGroups(
        context.portals().get().stream().map(Portal::tag).toList(),
        owner == null ? 0 : Nexus.portOf(owner.value()));
  }

  /**
   * Ends the attachment: nothing of it takes effect later. The next command makes another. Complete
   * when others can have what RESERVE(6) gave it.
   */
  CompletableFuture<Void> close() {
    CompletableFuture<Open> ended = opening;
    opening = null;
    if (ended == null) {
      return CompletableFuture.completedFuture(null);
    }
    // What is still being opened was given nothing.
    boolean given = ended.isDone();
    CompletableFuture<Void> closing =
        ended
            .thenCompose(open -> open.unit().giveBack().thenRun(() -> open.volume().close()))
            .exceptionally(failure -> null);
    return given ? closing : CompletableFuture.completedFuture(null);
  }
}
