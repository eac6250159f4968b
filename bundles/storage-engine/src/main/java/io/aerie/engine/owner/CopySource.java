package io.aerie.engine.owner;

import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.Timing;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.BlockVersion;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Copies: any member in sync has the block as it is to be. */
final class CopySource implements BlockSource {
  private final NodeContext context;
  private final GroupStream stream;
  private final Set<UUID> avoided;

  CopySource(NodeContext context, GroupStream stream, Set<UUID> avoided) {
    this.context = context;
    this.stream = stream;
    this.avoided = avoided;
  }

  @Override
  public void fetch(BlockKey block, int attempt, Outcome outcome) {
    Optional<Replica> source = stream.source(attempt, avoided);
    if (source.isEmpty()) {
      context.later(Timing.ANSWER, () -> outcome.done(false, Optional.empty()));
      return;
    }
    context.ask(
        source.get().node,
        Timing.ANSWER,
        request ->
            new Message.BlockRequest(
                request, source.get().target, stream.key(), stream.watermark(), block),
        (answer, failure) -> {
          if (answer instanceof Message.BlockAnswer bad && bad.status() == Status.CORRUPT) {
            stream.volume().repairs().report(stream, block, source.get().target.disk());
          }
          boolean found =
              answer instanceof Message.BlockAnswer done && done.status() == Status.DONE;
          outcome.done(found, found ? ((Message.BlockAnswer) answer).image() : Optional.empty());
        });
  }

  @Override
  public boolean differs(BlockVersion theirs, BlockVersion ours) {
    return !theirs.version().equals(ours.version()) || !theirs.units().equals(ours.units());
  }
}
