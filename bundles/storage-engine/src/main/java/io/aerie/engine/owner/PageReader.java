package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.ReadAnswer;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Geometry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads pages of a block at the owner's watermark from one in-sync member after the other, this
 * node's own first. At the watermark there is nothing in doubt, so a read waits for no write.
 */
final class PageReader {
  /** What came of it. */
  interface Outcome {
    void done(Status status, ByteBuffer pages);
  }

  private static final ByteBuffer NO_DATA = ByteBuffer.allocate(0);

  private final NodeContext context;
  private final GroupStream stream;
  private final BlockKey block;
  private final int firstPage;
  private final int pageCount;
  private final Outcome outcome;
  private final List<Replica> left = new ArrayList<>();
  private Status worst = Status.REFUSED;

  PageReader(
      NodeContext context,
      GroupStream stream,
      BlockKey block,
      int firstPage,
      int pageCount,
      Outcome outcome) {
    this.context = context;
    this.stream = stream;
    this.block = block;
    this.firstPage = firstPage;
    this.pageCount = pageCount;
    this.outcome = outcome;
  }

  void start() {
    if (stream.state() == GroupStream.State.EMPTY) {
      outcome.done(Status.DONE, ByteBuffer.allocate(pageCount * Geometry.PAGE_BYTES));
      return;
    }
    for (Replica replica : stream.inSync()) {
      left.add(replica.node.equals(context.self()) ? 0 : left.size(), replica);
    }
    next();
  }

  private void next() {
    if (left.isEmpty() || stream.state() != GroupStream.State.SERVING) {
      outcome.done(worst, NO_DATA);
      return;
    }
    Replica replica = left.remove(0);
    context.ask(
        replica.node,
        Timing.ANSWER,
        request ->
            new Message.ReadRequest(
                request,
                replica.target,
                stream.key(),
                stream.watermark(),
                block,
                firstPage,
                pageCount),
        (answer, failure) -> {
          if (answer instanceof ReadAnswer read) {
            if (read.status() == Status.DONE) {
              outcome.done(Status.DONE, read.data());
              return;
            }
            if (read.status() == Status.CORRUPT) {
              stream.volume().repairs().report(stream, block, replica.target.disk());
              worst = Status.CORRUPT;
            }
          }
          next();
        });
  }
}
