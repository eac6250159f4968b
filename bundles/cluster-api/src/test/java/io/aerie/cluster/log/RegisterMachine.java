package io.aerie.cluster.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Named registers. Command {@code NAME=VALUE} sets one and answers the command; query {@code NAME}
 * answers its value, or nothing. Fails on what a provider may never do: calls from two threads at
 * once, an index that doesn't grow.
 *
 * <p>Two kinds of names show lost, reordered and diverging commands:
 *
 * <ul>
 *   <li>{@code count-NAME=N} counts one by one: an N that was there already changes nothing, one
 *       that leaves out another is kept in the register {@code gaps};
 *   <li>{@code digest-NAME=} sets the register to a digest of all commands so far, with their
 *       indexes: replicas of one history have the same.
 * </ul>
 */
public final class RegisterMachine implements StateMachine {
  private final ReentrantLock oneAtATime = new ReentrantLock();
  private final SortedMap<String, String> registers = new TreeMap<>();
  private final AtomicInteger snapshotsWritten = new AtomicInteger();
  private final AtomicInteger snapshotsRead = new AtomicInteger();
  private long lastIndex = -1;
  private long digest;

  @Override
  public byte[] apply(long index, byte[] command) {
    return alone(
        () -> {
          if (index <= lastIndex) {
            throw new IllegalStateException("index " + index + " after " + lastIndex);
          }
          lastIndex = index;
          String text = new String(command, UTF_8);
          int equals = text.indexOf('=');
          digest = (digest * 31 + index) * 31 + text.hashCode();
          set(text.substring(0, equals), text.substring(equals + 1));
          return command;
        });
  }

  private void set(String name, String value) {
    if (name.startsWith("count-")) {
      long before = Long.parseLong(registers.getOrDefault(name, "0"));
      long next = Long.parseLong(value);
      if (next > before + 1) {
        registers.merge("gaps", name + ": " + before + " to " + next, (a, b) -> a + "; " + b);
      }
      registers.put(name, Long.toString(Math.max(before, next)));
    } else if (name.startsWith("digest-")) {
      registers.put(name, Long.toHexString(digest));
    } else {
      registers.put(name, value);
    }
  }

  @Override
  public byte[] query(byte[] query) {
    return alone(() -> registers.getOrDefault(new String(query, UTF_8), "").getBytes(UTF_8));
  }

  @Override
  public void writeSnapshot(DataOutput out) throws IOException {
    alone(
        () -> {
          out.writeLong(digest);
          out.writeInt(registers.size());
          for (var register : registers.entrySet()) {
            out.writeUTF(register.getKey());
            out.writeUTF(register.getValue());
          }
          return snapshotsWritten.incrementAndGet();
        });
  }

  @Override
  public void readSnapshot(long index, DataInput in) throws IOException {
    alone(
        () -> {
          registers.clear();
          digest = in.readLong();
          for (int left = in.readInt(); left > 0; left--) {
            registers.put(in.readUTF(), in.readUTF());
          }
          lastIndex = index;
          return snapshotsRead.incrementAndGet();
        });
  }

  public int snapshotsWritten() {
    return snapshotsWritten.get();
  }

  public int snapshotsRead() {
    return snapshotsRead.get();
  }

  private interface Step<T, E extends Exception> {
    T run() throws E;
  }

  private <T, E extends Exception> T alone(Step<T, E> step) throws E {
    if (!oneAtATime.tryLock()) {
      throw new IllegalStateException("called from two threads at once");
    }
    try {
      return step.run();
    } finally {
      oneAtATime.unlock();
    }
  }
}
