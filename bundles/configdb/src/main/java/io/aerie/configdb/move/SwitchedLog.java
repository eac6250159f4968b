package io.aerie.configdb.move;

import io.aerie.base.NodeId;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.StateFile;
import java.util.concurrent.CompletableFuture;

/** The log that carries ConfigDB now, whichever that is. */
public final class SwitchedLog implements ReplicatedLog {
  private volatile ReplicatedLog present;

  public SwitchedLog(ReplicatedLog present) {
    this.present = present;
  }

  /** From here on the next one; what waits for the former still gets its answer from there. */
  void become(ReplicatedLog next) {
    present = next;
  }

  ReplicatedLog present() {
    return present;
  }

  @Override
  public CompletableFuture<byte[]> submit(byte[] command) {
    return present.submit(command);
  }

  @Override
  public CompletableFuture<byte[]> queryLinearizable(byte[] query) {
    return present.queryLinearizable(query);
  }

  @Override
  public byte[] queryLocal(byte[] query) {
    return present.queryLocal(query);
  }

  @Override
  public CompletableFuture<StateFile> exportState() {
    return present.exportState();
  }

  @Override
  public LogStatus status() {
    return present.status();
  }

  @Override
  public CompletableFuture<Void> removeMember(NodeId member) {
    return present.removeMember(member);
  }

  @Override
  public void close() {
    present.close();
  }
}
