package io.aerie.cluster.log;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A deterministic state machine under a replicated log. The provider calls all methods from one
 * thread at a time. It must not block, read a clock or draw random numbers: every replica must
 * reach the same state.
 */
public interface StateMachine {
  /**
   * Applies a committed command, exactly once a life of the state, in log order on every replica.
   *
   * @param index grows with every command; gaps are normal
   * @return the answer for the submitter; an error for the submitter is encoded in it. A thrown
   *     exception is a bug and stops the replica
   */
  byte[] apply(long index, byte[] command);

  /** Answers a query without changing anything. */
  byte[] query(byte[] query);

  /** Writes the whole state. */
  void writeSnapshot(DataOutput out) throws IOException;

  /** Replaces the whole state by that of a snapshot taken at an index. */
  void readSnapshot(long index, DataInput in) throws IOException;
}
