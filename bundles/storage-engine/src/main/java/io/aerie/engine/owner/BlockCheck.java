package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.protocol.Message.VerifyAnswer;
import io.aerie.engine.protocol.Message.VerifyRequest;
import io.aerie.engine.rcd.ScrubRecord;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockReport;
import io.aerie.engine.store.Change;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Looks at one block of all members in sync, and makes good what is wrong (docs/scrub.md).
 *
 * <pre>
 *  all read and verify their block, without a lock -- all agree --> WHOLE
 *    | something differs, or is damaged
 *    v
 *  lock of the whole block: nothing of it is in flight
 *    -> all read and verify again -> compare -> for each range that is wrong:
 *         read it from where it is right -> number a write of it -> settled -> next
 *    -> unlock -> REPAIRED, or UNREPAIRABLE when something is left
 * </pre>
 *
 * The repair is an entry like a client's write: the wrong pages for that member, and for the others
 * the same move of the block's version. So takeovers settle it, returning members differ by it, and
 * nothing older can come over something newer: the lock is held from before the pages were read
 * until the entry is settled (H13).
 */
final class BlockCheck {
  /** What it came to. */
  enum Result {
    WHOLE,
    REPAIRED,
    /** Some pages have no good source: they stay errors. */
    UNREPAIRABLE,
    /** Not all members in sync answered, or they changed: to be asked again. */
    UNANSWERED
  }

  /** What came of it. */
  interface Outcome {
    /** Told once. */
    void done(Result result);
  }

  private final NodeContext context;
  private final GroupStream stream;
  private final BlockKey block;
  private final BlockRepair repair;
  private final Outcome outcome;
  private final ArrayDeque<Wrong> left = new ArrayDeque<>();
  private RangeLocks.Lock lock;
  private Findings findings;
  private int lostPages;
  private int foundPages;
  private int repairedPages;

  BlockCheck(NodeContext context, GroupStream stream, BlockKey block, Outcome outcome) {
    this.context = context;
    this.stream = stream;
    this.block = block;
    this.outcome = outcome;
    boolean striped = stream.volume().record().redundancy().striped();
    repair = striped ? new StripeRepair(context, stream) : new CopyRepair(context, stream);
  }

  /** One question to all members in sync. */
  private final class Round {
    private final Map<UUID, Optional<BlockReport>> reports = new HashMap<>();
    private final List<Replica> asked = stream.inSync();
    private final long epoch = stream.epoch();
    private int open = asked.size();

    void ask(Replica replica) {
      context.ask(
          replica.node,
          Timing.SCRUB_ANSWER,
          request ->
              new VerifyRequest(
                  request,
                  replica.target,
                  stream.key(),
                  stream.watermark(),
                  block,
                  repair.needsLastUnit()),
          (answer, failure) -> {
            if (answer instanceof VerifyAnswer done && done.status() == Status.DONE) {
              reports.put(replica.target.disk(), done.report());
            }
            if (--open == 0 && !stream.volume().stopped()) {
              answered();
            }
          });
    }

    private void answered() {
      boolean same = stream.epoch() == epoch && stream.inSync().equals(asked);
      if (same && stream.state() == GroupStream.State.SERVING && reports.size() == asked.size()) {
        judge(reports);
      } else {
        end(Result.UNANSWERED);
      }
    }
  }

  /** Nothing comes of it when the volume is let go. */
  void start() {
    if (stream.state() == GroupStream.State.EMPTY) {
      end(Result.WHOLE);
    } else if (stream.state() != GroupStream.State.SERVING || stream.inSync().isEmpty()) {
      end(Result.UNANSWERED);
    } else {
      Round round = new Round();
      round.asked.forEach(round::ask);
    }
  }

  private void judge(Map<UUID, Optional<BlockReport>> reports) {
    findings = repair.judge(block, reports);
    if (findings.none()) {
      end(repairedPages > 0 ? Result.REPAIRED : Result.WHOLE);
    } else if (lock == null) {
      lock = new RangeLocks.Lock(block, 0, Geometry.PAGES_PER_BLOCK, this::start);
      stream.volume().locks().acquire(lock);
    } else if (!findings.behind.isEmpty()) {
      bringUp(findings.behind.iterator().next(), 0);
    } else {
      foundPages += findings.pages();
      left.addAll(findings.wrong);
      next();
    }
  }

  /** Before pages are written: those writes move its version, and it would look like the others. */
  private void bringUp(UUID disk, int attempt) {
    if (attempt == findings.newest().size()) {
      context.event(block + " on disk " + disk + " lacks writes, and nobody can give it");
      foundPages++;
      lostPages++;
      end(Result.UNREPAIRABLE);
      return;
    }
    boolean striped = stream.volume().record().redundancy().striped();
    BlockSource source =
        striped
            ? new FragmentSource(context, stream, disk, findings.behind)
            : new CopySource(context, stream, findings.behind);
    source.fetch(
        block,
        attempt,
        (found, image) -> {
          if (stream.volume().stopped()) {
            return;
          }
          if (!found || image.isEmpty()) {
            bringUp(disk, attempt + 1);
            return;
          }
          context.event(block + " on disk " + disk + " lacks writes; it gets the block anew");
          number(
              MemberChanges.only(disk, Returner.toHave(block, image)),
              () -> {
                foundPages++;
                repairedPages++;
                start();
              });
        });
  }

  private void next() {
    Wrong wrong = left.poll();
    if (wrong == null) {
      lostPages += findings.hopelessPages;
      end(lostPages == 0 ? Result.REPAIRED : Result.UNREPAIRABLE);
      return;
    }
    repair.fetch(
        block,
        wrong,
        (status, pages) -> {
          if (stream.volume().stopped()) {
            return;
          }
          if (status == Status.DONE) {
            write(wrong, pages);
          } else if (status != Status.CORRUPT) {
            end(Result.UNANSWERED);
          } else if (wrong.pageCount() > 1) {
            wrong.eachPage().forEach(left::addLast);
            next();
          } else {
            lostPages++;
            next();
          }
        });
  }

  private void write(Wrong wrong, ByteBuffer pages) {
    number(
        MemberChanges.one(
            wrong.disk(), new Change.Write(block, wrong.firstPage(), pages), Change.touch(block)),
        () -> {
          context.event(
              String.format(
                  "repaired %d pages from %d of %s on disk %s",
                  wrong.pageCount(), wrong.firstPage(), block, wrong.disk()));
          repairedPages += wrong.pageCount();
          next();
        });
  }

  private void number(MemberChanges changes, Runnable settled) {
    if (stream.volume().stopped()) {
      return;
    }
    Runnable again = () -> number(changes, settled);
    if (!stream.writable()) {
      stream.whenServing(again);
    } else if (!stream.number(block, changes, settled)) {
      stream.volume().credits().waitFor(again);
    }
  }

  /** This block, and its pages; a block that lacks writes counts as one page. */
  ScrubRecord.Counts counts() {
    return new ScrubRecord.Counts(1, foundPages, repairedPages, lostPages);
  }

  private void end(Result result) {
    if (lock != null) {
      stream.volume().locks().release(lock);
    }
    if (result == Result.UNREPAIRABLE) {
      context.event(
          String.format(
              "%s of volume %d is damaged, and %d of its pages have no good copy",
              block, stream.volume().number(), lostPages));
    }
    if (result != Result.UNANSWERED) {
      stream.volume().counters().looked(counts());
    }
    outcome.done(result);
  }
}
