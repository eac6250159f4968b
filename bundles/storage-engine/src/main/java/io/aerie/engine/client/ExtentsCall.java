package io.aerie.engine.client;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.ExtentsAnswer;
import io.aerie.engine.protocol.Message.ExtentsRequest;
import io.aerie.engine.protocol.Message.Status;
import io.aerie.engine.rcd.SnapshotRecord;
import io.aerie.engine.store.Completion;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** What places of a snapshot read as, or how they differ from those of another one. */
final class ExtentsCall extends OwnerCall {
  private final ExtentsRequest what;
  private final Consumer<OwnerCall> ended;
  private final Completion<ByteBuffer> done;
  private boolean open = true;

  /**
   * @param what its request number means nothing
   * @param ended told before {@code done}
   */
  ExtentsCall(
      NodeContext context,
      ExtentsRequest what,
      Consumer<OwnerCall> ended,
      Completion<ByteBuffer> done) {
    super(context, what.volume());
    this.what = what;
    this.ended = ended;
    this.done = done;
  }

  @Override
  boolean open() {
    return open;
  }

  @Override
  void fail(Throwable failure) {
    end(null, failure);
  }

  @Override
  void failLate() {
    fail(
        new AerieException(
            ErrorCode.TIMED_OUT,
            "What the snapshot has could not be read in time",
            "Too few of the volume's copies can be reached.",
            ""));
  }

  private void end(ByteBuffer units, Throwable failure) {
    open = false;
    ended.accept(this);
    done.accept(units, failure);
  }

  void start() {
    if (!gone(what.snapshot()) && !gone(what.since())) {
      askOwner(this::question, this::taken);
    }
  }

  private Message question(long request) {
    return new ExtentsRequest(
        request, what.volume(), what.snapshot(), what.since(), what.index(), what.count());
  }

  private boolean taken(Message.Answer answer) {
    if (answer instanceof ExtentsAnswer of && of.status() == Status.DONE) {
      end(of.units(), null);
      return true;
    }
    return gone(what.snapshot()) || gone(what.since());
  }

  /** Fails it when a snapshot is not there. */
  private boolean gone(long snapshot) {
    boolean gone =
        snapshot != 0 && context().rcd().snapshot(snapshot).filter(SnapshotRecord::ready).isEmpty();
    if (gone) {
      fail(new AerieException(ErrorCode.NOT_FOUND, "The snapshot is not there, or not ready"));
    }
    return gone;
  }
}
