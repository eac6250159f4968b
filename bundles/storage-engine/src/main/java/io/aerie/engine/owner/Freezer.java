package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.rcd.RcdCommand;

/**
 * Makes the snapshot that RCD wants of a volume (rule 8, H12).
 *
 * <pre>
 *  wanted --> draining: nothing more is numbered --all that was is settled--> Freeze proposed
 *    ^            |                                                              |
 *    | a second   | two seconds: somebody doesn't answer                         | the record says so:
 *    +---later----+                                                              v another layer is
 *                                                                                  live, go on
 * </pre>
 *
 * As long as it is not known what became of a proposal, nothing may be numbered: it might still be
 * carried out, and the entry would be of a frozen layer. A new epoch ends that, since a proposal
 * names its epoch.
 */
final class Freezer {
  /** Draining takes an answer of the slowest member; for longer writes shall not wait. */
  private static final long DRAIN_MAX = 4 * Timing.ANSWER;

  private static final long LOOK = Timing.RETRY / 10;

  private final NodeContext context;
  private final OwnedVolume volume;
  private boolean draining;
  private long sinceNanos;

  /** Raised with each beginning and end, so that what is late is not obeyed. */
  private long turn;

  Freezer(NodeContext context, OwnedVolume volume) {
    this.context = context;
    this.volume = volume;
  }

  /** Whether nothing may be numbered now. */
  boolean holdsBack() {
    return draining;
  }

  /** A new epoch: what was proposed under the former one is refused. */
  void begin() {
    end();
    look();
  }

  /** RCD changed the volume. */
  void look() {
    if (volume.record().wanted() == 0) {
      end();
    } else if (!draining) {
      draining = true;
      sinceNanos = context.now();
      turn++;
      check(turn);
    }
  }

  private void end() {
    if (draining) {
      draining = false;
      turn++;
      volume.streams().forEach(GroupStream::runWaiting);
    }
  }

  private void check(long of) {
    if (of != turn || volume.stopped()) {
      return;
    }
    if (volume.streams().stream().allMatch(GroupStream::drained)) {
      propose(of);
    } else if (context.now() - sinceNanos > DRAIN_MAX) {
      again();
    } else {
      context.later(LOOK, () -> check(of));
    }
  }

  /** Lets writes pass for a while. */
  private void again() {
    end();
    context.later(2 * Timing.ANSWER, this::lookAgain);
  }

  private void lookAgain() {
    if (!volume.stopped()) {
      look();
    }
  }

  private void propose(long of) {
    if (of != turn || volume.stopped()) {
      return;
    }
    context.submit(
        new RcdCommand.Freeze(
            volume.number(),
            volume.record().epoch(),
            volume.record().wanted(),
            volume.record().live().number()),
        (answer, failure) -> {
          if (of != turn || volume.stopped()) {
            return;
          }
          if (answer == null) {
            context.later(Timing.ANSWER, () -> propose(of));
          }
          // Else the volume's record comes, with another live layer or epoch, or nothing wanted:
          // until then writes wait, also when this was refused because an earlier one was not.
        });
  }
}
