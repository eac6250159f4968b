package io.aerie.cluster.log;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A log's state in a file: how a log moves from one provider to the other, and how one is founded
 * again after all its replicas were lost. Providers share nothing but this.
 *
 * <pre>
 * u64  magic "AERIEST1"
 * text name of the log               (u16 length, modified UTF-8)
 * u64  index of the last command in the state, in the log that it comes from
 * u32  length of the state in bytes
 *      state, as {@link StateMachine#writeSnapshot} wrote it
 * u32  CRC-32C of all before
 * </pre>
 *
 * @param log the log's name
 * @param index the last command in the state; a new log counts anew
 * @param state as the state machine wrote it
 */
public record StateFile(String log, long index, byte[] state) {
  private static final long MAGIC = 0x4145524945535431L;

  /** States are held in memory; one that is larger was no state of ours. */
  private static final int STATE_BYTES_MAX = 1 << 30;

  /** Writes aside, syncs, renames: the file is whole or absent. */
  public void write(Path file) throws IOException {
    byte[] content = content();
    Path aside = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel channel =
            FileChannel.open(
                aside,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        DataOutputStream out =
            new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel)))) {
      out.write(content);
      out.writeInt(checksum(content, content.length));
      out.flush();
      channel.force(true);
    }
    Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel folder =
        FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  private byte[] content() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(MAGIC);
      out.writeUTF(log);
      out.writeLong(index);
      out.writeInt(state.length);
      out.write(state);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads a file.
   *
   * @throws AerieException CORRUPT when it isn't whole or never was such a file
   */
  public static StateFile read(Path file) throws IOException {
    byte[] bytes;
    try (BufferedInputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      bytes = in.readAllBytes();
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readLong() != MAGIC) {
        throw corrupt(file, "It isn't an exported state.", null);
      }
      String log = in.readUTF();
      long index = in.readLong();
      int length = in.readInt();
      if (length < 0 || length > STATE_BYTES_MAX || length != in.available() - Integer.BYTES) {
        throw corrupt(file, "Its length is not that of its state.", null);
      }
      byte[] state = in.readNBytes(length);
      if (in.readInt() != checksum(bytes, bytes.length - Integer.BYTES)) {
        throw corrupt(file, "Its checksum is wrong.", null);
      }
      return new StateFile(log, index, state);
    } catch (IOException e) {
      throw corrupt(file, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The state that a log is to be founded with.
   *
   * @throws AerieException CORRUPT when the file is damaged, INVALID_VALUE when it is another log's
   */
  public static StateFile readFor(String log, Path file) throws IOException {
    StateFile state = read(file);
    if (!state.log().equals(log)) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          file + " holds the state of the log " + state.log() + ", not of " + log);
    }
    return state;
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes, 0, length);
    return (int) checksum.getValue();
  }

  private static AerieException corrupt(Path file, String why, Throwable cause) {
    return new AerieException(
        ErrorCode.CORRUPT, file + " can't be read", why, "Export the state again.", cause);
  }
}
