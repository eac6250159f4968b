package io.aerie.cluster.atomix.log;

import io.aerie.base.AerieException;
import io.aerie.cluster.log.StateFile;
import io.aerie.cluster.log.StateMachine;
import io.atomix.primitive.operation.OperationId;
import io.atomix.primitive.operation.OperationType;
import io.atomix.primitive.service.BackupInput;
import io.atomix.primitive.service.BackupOutput;
import io.atomix.primitive.service.Commit;
import io.atomix.primitive.service.PrimitiveService;
import io.atomix.primitive.service.ServiceContext;
import io.atomix.primitive.session.Session;
import io.atomix.primitive.session.SessionId;
import io.atomix.utils.serializer.Namespaces;
import io.atomix.utils.serializer.Serializer;
import io.atomix.utils.time.WallClockTimestamp;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a {@link StateMachine} under Atomix' engine: one operation for commands, one for queries.
 * All calls of the state machine are under one lock, because local queries come from other threads
 * than the engine's.
 *
 * <p>Every so many commands the state is kept in a {@link StateSnapshot}. After a restart the
 * engine plays the whole log again; commands that are in the snapshot are passed over.
 */
final class StateMachineService implements PrimitiveService {
  private static final Logger log = LoggerFactory.getLogger(StateMachineService.class);

  static final OperationId COMMAND = OperationId.command("command");
  static final OperationId QUERY = OperationId.query("query");

  /** Asks for the last command in the leader's state, for others to wait for it. */
  static final OperationId INDEX = OperationId.query("index");

  /** Where older ones have the index, and the bare state behind the length. */
  private static final long CHECKED = -1;

  private static final byte[] NOTHING = {};
  private static final Serializer SERIALIZER = Serializer.using(Namespaces.BASIC);

  private final StateMachine machine;
  private final ReplicaFolder folder;
  private final int snapshotEvery;
  private final Executor snapshotWriter;
  private final Consumer<Throwable> onFailure;
  private final Object lock = new Object();
  private volatile long appliedIndex;
  private volatile LongConsumer onApplied = index -> {};
  private long commandsSinceSnapshot;
  private final Object keeping = new Object();
  private long keptIndex;

  StateMachineService(
      StateMachine machine,
      ReplicaFolder folder,
      int snapshotEvery,
      Executor snapshotWriter,
      Consumer<Throwable> onFailure) {
    this.machine = machine;
    this.folder = folder;
    this.snapshotEvery = snapshotEvery;
    this.snapshotWriter = snapshotWriter;
    this.onFailure = onFailure;
  }

  /** Begins with what is on disk. */
  void load() throws IOException {
    StateSnapshot snapshot = StateSnapshot.read(folder.snapshot()).orElse(null);
    if (snapshot != null) {
      readSnapshot(snapshot);
      return;
    }
    StateSnapshot base = StateSnapshot.read(folder.base()).orElse(null);
    if (base != null) {
      read(base);
    }
  }

  private void read(StateSnapshot snapshot) {
    try {
      machine.readSnapshot(
          snapshot.index(), new DataInputStream(new ByteArrayInputStream(snapshot.state())));
    } catch (IOException e) {
      throw folder.corrupt("the state machine can't read its snapshot: " + e.getMessage(), e);
    }
  }

  /** From here on somebody hears of every command that was applied, before it is answered. */
  void onApplied(LongConsumer listener) {
    onApplied = listener;
  }

  /** The last command in the state. */
  long appliedIndex() {
    return appliedIndex;
  }

  /** The state as it is. */
  StateFile export(String name) {
    synchronized (lock) {
      return new StateFile(name, appliedIndex, state());
    }
  }

  byte[] query(byte[] query) {
    synchronized (lock) {
      return machine.query(query);
    }
  }

  @Override
  public byte[] apply(Commit<byte[]> commit) {
    if (commit.operation().id().equals(INDEX.id())) {
      return ByteBuffer.allocate(Long.BYTES).putLong(0, appliedIndex).array();
    }
    if (commit.operation().type() == OperationType.QUERY) {
      return query(commit.value());
    }
    synchronized (lock) {
      if (commit.index() <= appliedIndex) {
        return NOTHING;
      }
      try {
        byte[] answer = machine.apply(commit.index(), commit.value());
        appliedIndex = commit.index();
        onApplied.accept(commit.index());
        snapshotWhenDue();
        return answer;
      } catch (RuntimeException | Error e) {
        onFailure.accept(e);
        throw e;
      }
    }
  }

  private void snapshotWhenDue() {
    if (++commandsSinceSnapshot < snapshotEvery) {
      return;
    }
    commandsSinceSnapshot = 0;
    StateSnapshot snapshot = new StateSnapshot(appliedIndex, state());
    snapshotWriter.execute(
        () -> {
          try {
            keep(snapshot);
          } catch (IOException e) {
            // nothing is lost: the log has it all, a restart only takes longer
            log.warn("A snapshot could not be written to {}", folder.snapshot(), e);
          }
        });
  }

  /** A later one isn't replaced by one that waited for its turn. */
  private void keep(StateSnapshot snapshot) throws IOException {
    synchronized (keeping) {
      if (snapshot.index() > keptIndex) {
        snapshot.write(folder.snapshot());
        keptIndex = snapshot.index();
      }
    }
  }

  private byte[] state() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      machine.writeSnapshot(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void readSnapshot(StateSnapshot snapshot) {
    synchronized (lock) {
      if (snapshot.index() <= appliedIndex) {
        return;
      }
      read(snapshot);
      appliedIndex = snapshot.index();
    }
  }

  /**
   * Atomix' own snapshot, which stands for the part of the log that it drops: {@link #CHECKED}, i32
   * length, {@link StateSnapshot}. Atomix checks nothing of it.
   */
  @Override
  public void backup(BackupOutput output) {
    StateSnapshot snapshot;
    try {
      synchronized (lock) {
        snapshot = new StateSnapshot(appliedIndex, state());
      }
      // Atomix doesn't sync its own before it drops what it stands for
      keep(snapshot);
    } catch (IOException | RuntimeException | Error e) {
      // the engine would take its snapshot for whole, and drop the log
      onFailure.accept(e);
      return;
    }
    byte[] bytes = snapshot.bytes();
    output.writeLong(CHECKED);
    output.writeInt(bytes.length);
    output.writeBytes(bytes);
  }

  @Override
  public void restore(BackupInput input) {
    try {
      long index = input.readLong();
      byte[] bytes = input.readBytes(input.readInt());
      readSnapshot(
          index == CHECKED
              ? StateSnapshot.parse(bytes, "the engine's snapshot")
              : new StateSnapshot(index, bytes));
    } catch (IOException e) {
      AerieException damage = folder.refusal(e);
      onFailure.accept(damage);
      throw damage;
    } catch (RuntimeException e) {
      // the engine goes on without the state when it is told only by an exception
      onFailure.accept(e);
      throw e;
    }
  }

  @Override
  public Serializer serializer() {
    return SERIALIZER;
  }

  @Override
  public void init(ServiceContext context) {
    // the state lives as long as the replica, whatever the engine does with its sessions
  }

  @Override
  public void tick(WallClockTimestamp timestamp) {
    // state machines read no clock
  }

  @Override
  @SuppressWarnings("rawtypes")
  public void register(Session session) {
    // sessions are the leader's own: see LeaderSession
  }

  @Override
  public void expire(SessionId sessionId) {
    // as above
  }

  @Override
  public void close(SessionId sessionId) {
    // as above
  }
}
