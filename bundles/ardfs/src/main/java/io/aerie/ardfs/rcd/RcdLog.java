package io.aerie.ardfs.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.StateFile;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * RCD's log as the engine holds it: the same while an update swaps the provider under it. What is
 * asked meanwhile waits some seconds, so that volumes go on and commands are late, not lost.
 */
public final class RcdLog implements ReplicatedLog {
  private static final long PATIENCE_SECONDS = 5;

  private ReplicatedLog open;
  private CompletableFuture<ReplicatedLog> next = new CompletableFuture<>();

  /** The log was opened. */
  public void attach(ReplicatedLog opened) {
    CompletableFuture<ReplicatedLog> awaited;
    synchronized (this) {
      open = opened;
      awaited = next;
      next = new CompletableFuture<>();
    }
    awaited.complete(opened);
  }

  /** Its provider goes away; closes what was open. */
  public void detach() {
    ReplicatedLog closing;
    synchronized (this) {
      closing = open;
      open = null;
    }
    if (closing != null) {
      closing.close();
    }
  }

  private synchronized Optional<ReplicatedLog> present() {
    return Optional.ofNullable(open);
  }

  /**
   * Whether the log gave up by itself, as on a full disk: this node will learn nothing of RCD any
   * more. A log that its provider takes away for an update has not failed.
   */
  public boolean failed() {
    return present().filter(log -> log.role() == Role.CLOSED).isPresent();
  }

  private <T> CompletableFuture<T> ask(Function<ReplicatedLog, CompletableFuture<T>> question) {
    CompletableFuture<ReplicatedLog> log;
    synchronized (this) {
      if (open != null) {
        log = CompletableFuture.completedFuture(open);
      } else {
        log =
            next.copy()
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .exceptionallyCompose(late -> CompletableFuture.failedFuture(away(late)));
      }
    }
    return log.thenCompose(question);
  }

  private static AerieException away(Throwable cause) {
    return new AerieException(
        ErrorCode.UNAVAILABLE,
        "RCD's log is not open on this node",
        "What carries it is being started or updated.",
        "Try again in some seconds.",
        cause);
  }

  @Override
  public CompletableFuture<byte[]> submit(byte[] command) {
    return ask(log -> log.submit(command));
  }

  @Override
  public CompletableFuture<byte[]> queryLinearizable(byte[] query) {
    return ask(log -> log.queryLinearizable(query));
  }

  /** UNAVAILABLE while the log is not open: nobody waits for what may be old. */
  @Override
  public byte[] queryLocal(byte[] query) {
    return present().orElseThrow(() -> away(null)).queryLocal(query);
  }

  @Override
  public CompletableFuture<StateFile> exportState() {
    return ask(ReplicatedLog::exportState);
  }

  @Override
  public LogStatus status() {
    return present()
        .map(ReplicatedLog::status)
        .orElse(new LogStatus("", Role.CLOSED, Optional.empty(), 0, 0, 0, 0, List.of()));
  }

  @Override
  public Role role() {
    return present().map(ReplicatedLog::role).orElse(Role.CLOSED);
  }

  @Override
  public CompletableFuture<Void> removeMember(NodeId member) {
    return ask(log -> log.removeMember(member));
  }

  @Override
  public void close() {
    detach();
  }
}
