package io.aerie.sim;

import io.aerie.engine.store.BlockKey;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.MemberStore;
import io.aerie.engine.store.StreamKey;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;

/** A disk that outlives its node's processes. */
public interface SimulatedDisk {
  UUID id();

  /** Opens under the next generation; everything runs by the loop of the life that opened it. */
  void open(Consumer<Runnable> loop, Completion<MemberStore> done);

  /** The process or machine dies. */
  void crash();

  /** The disk as its process has it open; null when it has not. */
  MemberStore opened();

  /** Every operation takes so much longer. */
  void slow(long nanos);

  /** What is settled of a stream, as text, for comparing members. */
  void digest(StreamKey stream, Consumer<String> done);

  /** The last durable entry of a stream, as text; asked of disks that can be looked into. */
  String last(StreamKey stream);

  /**
   * The first word of a page as the disk durably has it, in doubt or settled; empty when this kind
   * of disk can't be looked into.
   */
  OptionalLong held(StreamKey stream, BlockKey block, int page);

  /** Whether something was done to its content, so that it need not open again. */
  boolean hurt();
}
