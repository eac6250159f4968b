package io.aerie.configdb.state;

import io.aerie.cluster.log.StateMachine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/**
 * What one log is to ConfigDB's state. Two logs know the same state during a move; one of them
 * feeds it at any time.
 *
 * <pre>
 *  first log:  SERVING --seal--> SEALED ----------------------------> ENDED
 *                                                                       ^ takes the state over
 *  next log:   WAITING --parts of the sealed state, the last one--> SERVING --seal--> ...
 * </pre>
 *
 * <p>SERVING carries transactions out; all others change nothing and say {@link Answer.Sealed},
 * also to questions: so nobody is told by one log what another has overtaken. The seal is an entry
 * like others, so all replicas of the old log seal the same state, and the new log has its parts
 * from any of them.
 *
 * <p>A replica that is behind in the old log gets the state from the new one; then the state is
 * replaced and watches are told to list anew. Where the old log had come to its seal, the state is
 * the same, and nothing is to be noticed.
 *
 * <pre>
 *  snapshot   of a log without a move:  as {@link ConfigStateMachine} writes it
 *             with a move:              i32 magic "AMOV" | {@link LogMove} | u8 sealed | as without
 *             WAITING:                  i32 magic "AWTI" | i32 total | i32 CRC-32C | i32 length | parts so far
 * </pre>
 */
public final class LogFeed implements StateMachine {
  private static final int MOVE_MAGIC = 0x414d4f56;
  private static final int WAITING_MAGIC = 0x41575449;

  private enum Phase {
    WAITING,
    SERVING,
    SEALED,
    ENDED
  }

  /** Also the lock of all feeds of it, so that none carries out what another has ended. */
  private final ConfigStateMachine target;

  private final LogName self;
  private Optional<LogFeed> former;
  private Phase phase;
  private Optional<LogMove> move = Optional.empty();
  private ByteArrayOutputStream parts = new ByteArrayOutputStream();
  private int totalBytes;
  private int checksum;
  private byte[] lastState = {};
  private volatile Runnable listener = () -> {};

  private LogFeed(ConfigStateMachine target, LogName self, Optional<LogFeed> former, Phase phase) {
    this.target = target;
    this.self = self;
    this.former = former;
    this.phase = phase;
  }

  /** Of a log that ConfigDB was founded in. */
  public static LogFeed first(ConfigStateMachine target, LogName self) {
    return new LogFeed(target, self, Optional.empty(), Phase.SERVING);
  }

  /**
   * Of a log that ConfigDB moves or moved to.
   *
   * @param former what feeds the state now, if anything does
   */
  public static LogFeed next(ConfigStateMachine target, LogName self, Optional<LogFeed> former) {
    return new LogFeed(target, self, former, Phase.WAITING);
  }

  /** Called after changes of the move, in the log's thread: must not block. */
  public void onMove(Runnable newListener) {
    listener = newListener;
  }

  /** The move that this log has begun, and not cancelled. */
  public Optional<LogMove> move() {
    synchronized (target) {
      return move;
    }
  }

  /** Whether this log carries ConfigDB, or did: all of the state was in it. */
  public boolean isWhole() {
    synchronized (target) {
      return phase != Phase.WAITING;
    }
  }

  /** Whether this log ended with a seal that this replica has come to. */
  public boolean isSealed() {
    synchronized (target) {
      return phase == Phase.SEALED;
    }
  }

  /**
   * The state that the next log begins with; empty when this one isn't sealed, or the next has it.
   */
  public Optional<byte[]> sealedState() {
    synchronized (target) {
      return phase == Phase.SEALED ? Optional.of(stateOf(target)) : Optional.empty();
    }
  }

  /** A state in the form that parts are made of. */
  public static byte[] stateOf(ConfigStateMachine state) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      state.writeSnapshot(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Override
  public byte[] apply(long index, byte[] entry) {
    Runnable toCall = () -> {};
    byte[] answer;
    synchronized (target) {
      if (phase == Phase.SERVING && !MoveEntry.isOne(entry)) {
        return target.apply(index, entry);
      }
      try {
        Answer reached = MoveEntry.isOne(entry) ? carryOut(MoveEntry.decode(entry)) : sealed();
        toCall = listener;
        answer = reached.encode();
      } catch (IOException | RuntimeException e) {
        // every replica of this release refuses the same bytes alike, so they stay equal
        return new Answer.Refused("not a command of this release: " + e.getMessage()).encode();
      }
    }
    toCall.run();
    return answer;
  }

  private Answer sealed() {
    return new Answer.Sealed(phase == Phase.WAITING ? self : move.orElseThrow().to());
  }

  private Answer carryOut(MoveEntry entry) throws IOException {
    if (entry instanceof MoveEntry.Part part) {
      return new Answer.Committed(phase == Phase.WAITING ? collect(part) : part.totalBytes());
    }
    if (entry instanceof MoveEntry.Seal seal && phase == Phase.SEALED && isMove(seal.id())) {
      return new Answer.Committed(target.revision());
    }
    if (phase != Phase.SERVING) {
      return sealed();
    }
    if (entry instanceof MoveEntry.Begin begin) {
      move = Optional.of(begin.move());
      return new Answer.Committed(target.revision());
    }
    boolean seals = entry instanceof MoveEntry.Seal;
    if (!isMove(seals ? ((MoveEntry.Seal) entry).id() : ((MoveEntry.Cancel) entry).id())) {
      return new Answer.Refused("this move was ended by another");
    }
    if (seals) {
      phase = Phase.SEALED;
    } else {
      move = Optional.empty();
    }
    return new Answer.Committed(target.revision());
  }

  private boolean isMove(UUID id) {
    return move.isPresent() && move.get().id().equals(id);
  }

  /** Adds a part when it is the next one; how many bytes there are then. */
  private int collect(MoveEntry.Part part) throws IOException {
    if (parts.size() == 0) {
      totalBytes = part.totalBytes();
      checksum = part.checksum();
    }
    if (part.totalBytes() != totalBytes || part.checksum() != checksum) {
      throw new IOException("a part of another state");
    }
    if (part.offset() != parts.size()) {
      return parts.size();
    }
    parts.writeBytes(part.bytes());
    if (parts.size() == totalBytes) {
      byte[] state = parts.toByteArray();
      if (MoveEntry.sum(state) != checksum) {
        parts = new ByteArrayOutputStream();
        throw new IOException("the parts are not the state that they are said to be");
      }
      takeOver(state);
    }
    return phase == Phase.SERVING ? totalBytes : parts.size();
  }

  private void takeOver(byte[] state) throws IOException {
    if (former.isEmpty() || !Arrays.equals(state, stateOf(target))) {
      target.readSnapshot(0, new DataInputStream(new ByteArrayInputStream(state)));
    }
    endFormer(state);
  }

  private void endFormer(byte[] state) {
    former.ifPresent(feed -> feed.end(state, self));
    former = Optional.empty();
    phase = Phase.SERVING;
    parts = new ByteArrayOutputStream();
  }

  /**
   * This replica may not have come to the seal, or not even to the move: it counts all the same.
   */
  private void end(byte[] state, LogName successor) {
    phase = Phase.ENDED;
    lastState = state;
    move =
        move.filter(known -> known.to().equals(successor))
            .or(() -> Optional.of(new LogMove(new UUID(0, 0), successor, "")));
  }

  @Override
  public byte[] query(byte[] query) {
    synchronized (target) {
      return phase == Phase.SERVING ? target.query(query) : sealed().encode();
    }
  }

  @Override
  public void writeSnapshot(DataOutput out) throws IOException {
    synchronized (target) {
      if (phase == Phase.WAITING) {
        out.writeInt(WAITING_MAGIC);
        out.writeInt(totalBytes);
        out.writeInt(checksum);
        out.writeInt(parts.size());
        out.write(parts.toByteArray());
        return;
      }
      if (move.isPresent()) {
        out.writeInt(MOVE_MAGIC);
        move.get().write(out);
        out.writeBoolean(phase != Phase.SERVING);
      }
      if (phase == Phase.ENDED) {
        out.write(lastState);
      } else {
        target.writeSnapshot(out);
      }
    }
  }

  @Override
  public void readSnapshot(long index, DataInput in) throws IOException {
    Runnable toCall;
    synchronized (target) {
      if (phase == Phase.ENDED) {
        // nothing in this log counts any more
        return;
      }
      int magic = in.readInt();
      if (magic == WAITING_MAGIC) {
        readParts(in);
        return;
      }
      Optional<LogMove> itsMove = Optional.empty();
      boolean isSealed = false;
      if (magic == MOVE_MAGIC) {
        itsMove = Optional.of(LogMove.read(in));
        isSealed = in.readBoolean();
        magic = in.readInt();
      }
      target.readAfterMagic(magic, in);
      if (phase == Phase.WAITING) {
        endFormer(stateOf(target));
      }
      move = itsMove;
      phase = isSealed ? Phase.SEALED : Phase.SERVING;
      toCall = listener;
    }
    toCall.run();
  }

  private void readParts(DataInput in) throws IOException {
    totalBytes = in.readInt();
    checksum = in.readInt();
    int length = in.readInt();
    if (length < 0 || length > totalBytes) {
      throw new IOException("impossible length " + length + " of the parts of a state");
    }
    byte[] bytes = new byte[length];
    in.readFully(bytes);
    parts = new ByteArrayOutputStream();
    parts.writeBytes(bytes);
  }
}
