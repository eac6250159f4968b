package io.aerie.ardfs.rcd;

import io.aerie.ardfs.lists.ObservedStorage;
import io.aerie.base.Subscription;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.StateMachine;
import io.aerie.engine.rcd.RcdChange;
import io.aerie.engine.rcd.RcdState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * This node's replica of RCD. The log's thread applies; readers share the state under a lock; the
 * engine follows with a copy of its own, so that no thread of the log ever waits for the engine.
 *
 * <p>The replica outlives an opening of the log. A log that is opened again, as when an update
 * swaps its provider, tells its history again from its last snapshot on: that fills a state of its
 * own, which takes the place of the one everybody reads when it has come as far.
 */
public final class RcdReplica {
  private static final byte[] HOW_FAR = {1};

  /** What is read; never goes back. */
  private RcdState state = new RcdState();

  /** The same as lists show it. */
  private ObservedStorage storage = new ObservedStorage(state);

  private final List<Follower> followers = new CopyOnWriteArrayList<>();
  private final List<Waiter> waiters = new ArrayList<>();

  /**
   * Keeps a copy of the state. Called in order, under the replica's lock: hands over, never works.
   */
  public interface Follower {
    /** A command was applied. */
    void applied(long index, List<RcdChange> changes);

    /** A snapshot took the state's place. */
    void replaced(RcdState copy);
  }

  /**
   * What a new follower starts from.
   *
   * @param state a copy that belongs to the follower
   * @param subscription ends the following
   */
  public record Following(RcdState state, Subscription subscription) {}

  /** Begins to follow without a gap: the copy is the state before the first call. */
  public synchronized Following follow(Follower follower) {
    followers.add(follower);
    return new Following(state.copy(), () -> followers.remove(follower));
  }

  /** Completed when the replica is in a state that fits; at once when it is. */
  public synchronized CompletableFuture<Void> await(Predicate<RcdState> condition) {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    if (condition.test(state)) {
      reached.complete(null);
    } else {
      waiters.add(new Waiter(condition, reached));
    }
    return reached;
  }

  private void wakeWaiters() {
    // Who is woken may wait for something else at once: that is added to the list.
    List<Waiter> woken =
        waiters.stream()
            .filter(waiter -> waiter.reached.isDone() || waiter.condition.test(state))
            .toList();
    waiters.removeAll(woken);
    woken.forEach(waiter -> waiter.reached.complete(null));
  }

  private record Waiter(Predicate<RcdState> condition, CompletableFuture<Void> reached) {}

  /** Reads the state; what is returned must not be a live view. */
  public synchronized <T> T read(Function<RcdState, T> reader) {
    return reader.apply(state);
  }

  /** Lists storage as the state has it now; what is returned must not be a live view. */
  public synchronized <T> T list(Function<ObservedStorage, T> reader) {
    return reader.apply(storage);
  }

  /**
   * Completed when this replica has all that was acknowledged before the call, on any node; fails
   * when the log does not answer.
   */
  public CompletableFuture<Void> catchUp(ReplicatedLog log) {
    return log.queryLinearizable(HOW_FAR)
        .thenCompose(
            answer -> {
              long index = ByteBuffer.wrap(answer).getLong();
              return await(reached -> reached.index() >= index);
            });
  }

  /** What a log is opened with, each time anew. */
  public synchronized StateMachine machine() {
    return new Machine(state.index() == 0 ? state : new RcdState());
  }

  /** One opening's state. */
  private final class Machine implements StateMachine {
    private final RcdState mine;

    Machine(RcdState mine) {
      this.mine = mine;
    }

    @Override
    public byte[] apply(long index, byte[] command) {
      synchronized (RcdReplica.this) {
        boolean isRead = mine == state;
        RcdState.Applied applied = mine.apply(index, command);
        if (isRead) {
          applied.changes().forEach(storage::apply);
          for (Follower follower : followers) {
            follower.applied(index, applied.changes());
          }
          wakeWaiters();
        } else {
          takeItsPlace();
        }
        return applied.answer();
      }
    }

    /** RCD is read from replicas; the only query is how far this one is: the index, 8 bytes. */
    @Override
    public byte[] query(byte[] query) {
      synchronized (RcdReplica.this) {
        return ByteBuffer.allocate(Long.BYTES).putLong(mine.index()).array();
      }
    }

    @Override
    public void writeSnapshot(DataOutput out) throws IOException {
      synchronized (RcdReplica.this) {
        mine.writeSnapshot(out);
      }
    }

    @Override
    public void readSnapshot(long index, DataInput in) throws IOException {
      synchronized (RcdReplica.this) {
        boolean isRead = mine == state;
        mine.readSnapshot(index, in);
        if (isRead) {
          replaced();
        } else {
          takeItsPlace();
        }
      }
    }

    /** Followers hear of it only when a snapshot leapt over commands that they have not seen. */
    private void takeItsPlace() {
      long before = state.index();
      if (mine.index() >= before) {
        state = mine;
        if (mine.index() > before) {
          replaced();
        }
      }
    }
  }

  private void replaced() {
    storage = new ObservedStorage(state);
    for (Follower follower : followers) {
      follower.replaced(state.copy());
    }
    wakeWaiters();
  }
}
