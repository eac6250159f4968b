package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.owner.BlockSweep.Step;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Operation;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.Redundancy;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Geometry;
import io.aerie.storage.reservation.ReservationState.Access;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Empties what was cut off a volume, so that it reads as zeroes should the volume grow again.
 *
 * <pre>
 *  whole blocks, or stripes, behind the end vanish -> the rest of the one that holds the end is
 *    zeroed, as a client would -> Discarded, and the volume may grow
 * </pre>
 *
 * The layers below are not seen there any more (VolumeRecord.Layer.belowBytes).
 */
final class Discarder {
  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  /** Bytes that are cut off a live layer. */
  private record Cut(long live, long from, long to) {}

  private final NodeContext context;
  private final OwnedVolume volume;

  /** What is being emptied; null when nothing is. Another one makes what is under way void. */
  private Cut cut;

  Discarder(NodeContext context, OwnedVolume volume) {
    this.context = context;
    this.volume = volume;
  }

  /** RCD changed the volume. */
  void look() {
    VolumeRecord record = volume.record();
    long to = record.discardBytes();
    Cut now = to == 0 ? null : new Cut(record.live().number(), record.sizeBytes(), to);
    if (!Objects.equals(cut, now)) {
      cut = now;
      if (now != null) {
        sweep(now);
      }
    }
  }

  private boolean isOver(Cut of) {
    return volume.stopped() || !of.equals(cut);
  }

  private void sweep(Cut of) {
    long firstWhole = volume.record().redundancy().blocks(of.from());
    new BlockSweep(
            context,
            volume,
            block -> block.layer() == of.live() && block.index() >= firstWhole,
            (stream, block, answer) ->
                answer.steps(Optional.of(List.of(new Step(block, new Change.Remove(block))))),
            () -> zeroRest(of, of.from()))
        .start();
  }

  /**
   * Zeroes what is left of the last block, or stripe. Of copies the parts of units apart from whole
   * ones, as they may have to be written with data: all at once could be too much for a small log.
   */
  private void zeroRest(Cut of, long from) {
    if (isOver(of)) {
      return;
    }
    Redundancy redundancy = volume.record().redundancy();
    long end = Math.min(of.to(), upTo(of.from(), redundancy.spanBytes()));
    if (from >= end) {
      propose(of);
      return;
    }
    long to = redundancy.striped() ? end : partEnd(from, end);
    ClientRequest zero =
        new ClientRequest(
            volume.number(),
            volume.record().epoch(),
            0,
            0,
            0,
            Operation.ZERO,
            from,
            (int) (to - from),
            NO_DATA);
    Rest rest = new Rest(of, from, to);
    if (redundancy.striped()) {
      RowWrite.with(context, volume, rest, zero).start();
    } else {
      new WriteOperation(context, volume, rest, zero).start();
    }
  }

  /** The rest of a unit, or whole units, or the beginning of the last one. */
  private static long partEnd(long from, long end) {
    long unitEnd = upTo(from, Geometry.UNIT_BYTES);
    if (from < unitEnd) {
      return Math.min(end, unitEnd);
    }
    long wholeEnd = end / Geometry.UNIT_BYTES * Geometry.UNIT_BYTES;
    return from < wholeEnd ? wholeEnd : end;
  }

  /** The next multiple of a grain. */
  private static long upTo(long bytes, long grain) {
    return (bytes + grain - 1) / grain * grain;
  }

  /** Waits for the zeroes behind the end. */
  private final class Rest implements Requester {
    private final Cut of;
    private final long from;
    private final long to;

    Rest(Cut of, long from, long to) {
      this.of = of;
      this.from = from;
      this.to = to;
    }

    @Override
    public boolean ended() {
      return isOver(of);
    }

    /** Nobody's: what is cut off is no part of what is reserved. */
    @Override
    public boolean excluded(Access access) {
      return false;
    }

    @Override
    public void finish(long number, Status status, ByteBuffer data) {
      if (status == Status.DONE) {
        zeroRest(of, to);
      } else {
        context.later(2 * Timing.ANSWER, () -> zeroRest(of, from));
      }
    }
  }

  private void propose(Cut of) {
    if (isOver(of)) {
      return;
    }
    context.submit(
        new RcdCommand.Discarded(volume.number(), volume.record().epoch()),
        (answer, failure) -> {
          if (answer == null || failure != null) {
            context.later(Timing.ANSWER, () -> propose(of));
          }
          // Else the volume's record comes without what was to be emptied.
        });
  }
}
