package io.aerie.ardfs.host;

import io.aerie.ardfs.code.GaloisKernels;
import io.aerie.base.NodeId;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.engine.code.GaloisKernel;
import io.aerie.engine.node.Environment;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.store.Completion;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine's ports on a Netty loop, this machine's clock, and the log. */
// Each ignored future is the end of a chain whose last step handles the failure.
@SuppressWarnings("FutureReturnValueIgnored")
final class LoopEnvironment implements Environment {
  private static final Logger log = LoggerFactory.getLogger("io.aerie.ardfs.engine");

  /** Leadership is asked for at every beat; the log's view is read no more often than this. */
  private static final long LEADERSHIP_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final EventLoop loop;
  private final BootClock clock;
  private final ReplicatedLog rcd;
  private final long absenceNanos;
  private final BiConsumer<NodeId, Message> sender;
  private boolean leader;
  private long leaderReadAtNanos = Long.MIN_VALUE;

  LoopEnvironment(
      EventLoop loop,
      BootClock clock,
      ReplicatedLog rcd,
      long absenceNanos,
      BiConsumer<NodeId, Message> sender) {
    this.loop = loop;
    this.clock = clock;
    this.rcd = rcd;
    this.absenceNanos = absenceNanos;
    this.sender = sender;
  }

  @Override
  public long nowNanos() {
    return clock.nanos();
  }

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public Cancellable schedule(long delayNanos, Runnable task) {
    ScheduledFuture<?> scheduled =
        loop.schedule(() -> guarded(task), delayNanos, TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }

  /** The engine has no caller that could catch: what it throws is a defect and is shouted. */
  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      log.error("DEFECT: the storage engine threw", e);
    }
  }

  @Override
  public void send(NodeId to, Message message) {
    sender.accept(to, message);
  }

  @Override
  public void submitToRcd(byte[] command, Completion<byte[]> done) {
    rcd.submit(command)
        .whenComplete(
            (answer, failure) -> loop.execute(() -> guarded(() -> done.accept(answer, failure))));
  }

  @Override
  public boolean rcdLeader() {
    long now = nowNanos();
    if (leaderReadAtNanos == Long.MIN_VALUE || now - leaderReadAtNanos > LEADERSHIP_AGE_NANOS) {
      leaderReadAtNanos = now;
      leader = rcd.role() == ReplicatedLog.Role.LEADER;
    }
    return leader;
  }

  @Override
  public long absenceNanos() {
    return absenceNanos;
  }

  @Override
  public long random() {
    return ThreadLocalRandom.current().nextLong();
  }

  @Override
  public GaloisKernel galoisKernel() {
    return GaloisKernels.best();
  }

  @Override
  public void event(String text) {
    log.info("{}", text);
  }

  @Override
  public void defect(String text) {
    log.error("DEFECT: {}", text);
  }
}
