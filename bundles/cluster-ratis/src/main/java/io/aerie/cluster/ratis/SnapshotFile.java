package io.aerie.cluster.ratis;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.util.MD5FileUtil;

/**
 * A snapshot on disk, in the form that Ratis sends to others: {@code sm/snapshot.TERM_INDEX} holds
 * what the state machine wrote and nothing else, {@code sm/snapshot.TERM_INDEX.md5} its digest.
 */
final class SnapshotFile {
  private static final int BUFFER_BYTES = 64 * 1024;

  private SnapshotFile() {}

  interface Writer {
    void write(DataOutputStream out) throws IOException;
  }

  interface Reader {
    void read(DataInputStream in) throws IOException;
  }

  /**
   * Writes aside, forces, then the digest, then renames: a file under its final name is whole. What
   * a failure left is removed, for the next snapshot has another name.
   */
  static FileInfo write(Path target, Writer writer) throws IOException {
    Path aside = target.resolveSibling(target.getFileName() + ".new");
    try {
      writeForced(aside, writer);
      MD5Hash digest = MD5FileUtil.computeMd5ForFile(aside.toFile());
      MD5FileUtil.saveMD5File(target.toFile(), digest);
      Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
      Durability.forceFolder(target.getParent());
      return new FileInfo(target, digest);
    } catch (IOException e) {
      remove(aside, e);
      throw e;
    }
  }

  private static void writeForced(Path file, Writer writer) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        DataOutputStream out =
            new DataOutputStream(
                new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES))) {
      writer.write(out);
      out.flush();
      channel.force(true);
    }
  }

  private static void remove(Path aside, IOException why) {
    try {
      Files.deleteIfExists(aside);
    } catch (IOException e) {
      why.addSuppressed(e);
    }
  }

  /** Reads a file after comparing its digest. */
  static void read(FileInfo file, Reader reader) throws IOException {
    MD5Hash expected = file.getFileDigest();
    if (expected == null) {
      expected = MD5FileUtil.readStoredMd5ForFile(file.getPath().toFile());
    }
    if (expected == null) {
      throw new IOException("no digest beside " + file.getPath());
    }
    // Ratis' own comparison looks at the stored digest only, not at the file
    if (!expected.equals(MD5FileUtil.computeMd5ForFile(file.getPath().toFile()))) {
      throw new IOException(file.getPath() + " is damaged: its digest is another");
    }
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(Files.newInputStream(file.getPath()), BUFFER_BYTES))) {
      reader.read(in);
    }
  }
}
