package io.aerie.cluster.atomix.log;

import io.aerie.cluster.atomix.DurableFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * The state at an index, so that a restart needn't apply the whole log again.
 *
 * <pre>
 *  0  u64 magic "AERIESN1"
 *  8  u64 index of the last command in the state
 * 16  u32 CRC-32C of index and state
 * 20  state
 * </pre>
 */
final class StateSnapshot {
  private static final long MAGIC = 0x4145524945534e31L;
  private static final int HEADER_BYTES = 20;

  private final long index;
  private final byte[] state;

  /**
   * @param index the last command in it
   * @param state as the state machine wrote it
   */
  StateSnapshot(long index, byte[] state) {
    this.index = index;
    this.state = state;
  }

  long index() {
    return index;
  }

  byte[] state() {
    return state;
  }

  void write(Path file) throws IOException {
    DurableFiles.write(file, bytes());
  }

  byte[] bytes() {
    ByteBuffer buffer = ByteBuffer.allocate(HEADER_BYTES + state.length);
    return buffer.putLong(MAGIC).putLong(index).putInt(checksum()).put(state).array();
  }

  static Optional<StateSnapshot> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    return Optional.of(parse(Files.readAllBytes(file), file.toString()));
  }

  /**
   * @param name for errors
   * @throws DamagedFileException when they aren't what was written
   */
  static StateSnapshot parse(byte[] bytes, String name) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (buffer.remaining() < HEADER_BYTES || buffer.getLong() != MAGIC) {
      throw new DamagedFileException(name + " is no snapshot", null);
    }
    long index = buffer.getLong();
    int checksum = buffer.getInt();
    byte[] state = new byte[buffer.remaining()];
    buffer.get(state);
    StateSnapshot snapshot = new StateSnapshot(index, state);
    if (snapshot.checksum() != checksum) {
      throw new DamagedFileException("the checksum of " + name + " is wrong", null);
    }
    return snapshot;
  }

  private int checksum() {
    CRC32C checksum = new CRC32C();
    checksum.update(ByteBuffer.allocate(Long.BYTES).putLong(0, index));
    checksum.update(state);
    return (int) checksum.getValue();
  }
}
