package io.aerie.cluster.log;

import io.aerie.base.NodeId;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Opens logs. A service with the property {@link #PROVIDER}: {@code atomix} or {@code ratis}. */
public interface ReplicatedLogProvider {
  /** The service property that names a provider. */
  String PROVIDER = "provider";

  /**
   * Opens this node's replica: continues with its data when it has some; else founds the log alone
   * when {@code found}, else joins it through the seeds (retrying until a leader took it in). A
   * replica whose data is gone comes back under a new replica id and never votes as its former
   * self; the former is removed when the new one is taken in. The future completes when the replica
   * has applied what was committed when it joined, or fails for good (unreadable data: CORRUPT).
   * Who cancels the future ends the opening; its replica stops soon after, and its data stays.
   */
  CompletableFuture<ReplicatedLog> open(LogSpecification specification);

  /**
   * Whether this node has data of a log, readable or not. Who asks must not found a log anew beside
   * it, so the answer of a provider that can't tell is yes.
   */
  default boolean holds(String name) {
    return true;
  }

  /**
   * Removes this node's data of a log, if it has some, and all that is known here of the log: for
   * logs that nobody needs any more, whose name is never used again.
   *
   * @throws io.aerie.base.AerieException IN_USE while the log is open or being opened here,
   *     IO_ERROR
   */
  void remove(String name);

  /**
   * What to open.
   *
   * @param name the log's name, part of folder names: {@code config}, {@code rcd}
   * @param stateMachine the state that it drives
   * @param found make the log when there is no data here
   * @param seeds members to join through
   * @param initialState a {@link StateFile} of a log of this name that a founded log begins with,
   *     whatever provider wrote it. Members that join get it from the founder; where there is data
   *     it isn't looked at
   */
  record LogSpecification(
      String name,
      StateMachine stateMachine,
      boolean found,
      List<NodeId> seeds,
      Optional<Path> initialState) {
    /** A log that begins empty. */
    public LogSpecification(
        String name, StateMachine stateMachine, boolean found, List<NodeId> seeds) {
      this(name, stateMachine, found, seeds, Optional.empty());
    }
  }
}
