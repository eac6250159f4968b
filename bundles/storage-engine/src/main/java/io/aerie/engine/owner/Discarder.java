package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.owner.BlockSweep.Step;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.protocol.Message.Operation;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.VolumeRecord;
import io.aerie.engine.store.Change;
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
            () -> zeroRest(of))
        .start();
  }

  private void zeroRest(Cut of) {
    if (isOver(of)) {
      return;
    }
    long span = volume.record().redundancy().spanBytes();
    long end = Math.min(of.to(), (of.from() + span - 1) / span * span);
    if (of.from() >= end) {
      propose(of);
      return;
    }
    ClientRequest zero =
        new ClientRequest(
            volume.number(),
            volume.record().epoch(),
            0,
            0,
            0,
            Operation.ZERO,
            of.from(),
            (int) (end - of.from()),
            NO_DATA);
    if (volume.record().redundancy().striped()) {
      RowWrite.with(context, volume, new Rest(of), zero).start();
    } else {
      new WriteOperation(context, volume, new Rest(of), zero).start();
    }
  }

  /** Waits for the zeroes behind the end. */
  private final class Rest implements Requester {
    private final Cut of;

    Rest(Cut of) {
      this.of = of;
    }

    @Override
    public boolean ended() {
      return isOver(of);
    }

    @Override
    public void finish(long number, Status status, ByteBuffer data) {
      if (status == Status.DONE) {
        propose(of);
      } else {
        context.later(2 * Timing.ANSWER, () -> zeroRest(of));
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
