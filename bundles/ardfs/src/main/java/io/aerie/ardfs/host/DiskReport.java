package io.aerie.ardfs.host;

import io.aerie.engine.node.NodeStatus.Quarantined;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What a node's disks have, as it tells the others.
 *
 * <pre>
 *   message: i32 count | (uuid disk | i64 used bytes) ...
 *          | i32 count | (uuid disk | i64 volume | i32 blocks | i64 bytes) ...
 * </pre>
 *
 * <p>A node of an older version tells the first line only, and reads no further.
 *
 * @param usedBytes by disk
 * @param quarantined of volumes that RCD neither has nor deleted
 */
public record DiskReport(Map<UUID, Long> usedBytes, List<Quarantined> quarantined) {
  /** Of a node that has no disks open. */
  public static final DiskReport NONE = new DiskReport(Map.of(), List.of());

  public DiskReport {
    usedBytes = Map.copyOf(usedBytes);
    quarantined = List.copyOf(quarantined);
  }

  /** Writes it as drawn above. */
  public byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(usedBytes.size());
      for (Map.Entry<UUID, Long> disk : usedBytes.entrySet()) {
        write(disk.getKey(), out);
        out.writeLong(disk.getValue());
      }
      out.writeInt(quarantined.size());
      for (Quarantined part : quarantined) {
        write(part.disk(), out);
        out.writeLong(part.volume());
        out.writeInt(part.blocks());
        out.writeLong(part.bytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(UUID id, DataOutputStream out) throws IOException {
    out.writeLong(id.getMostSignificantBits());
    out.writeLong(id.getLeastSignificantBits());
  }

  /** Reads what {@link #encode} wrote. */
  public static DiskReport decode(byte[] body) {
    Map<UUID, Long> used = new HashMap<>();
    List<Quarantined> quarantined = new ArrayList<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
      int disks = in.readInt();
      for (int i = 0; i < disks; i++) {
        used.put(readUuid(in), in.readLong());
      }
      int parts = in.available() == 0 ? 0 : in.readInt();
      for (int i = 0; i < parts; i++) {
        quarantined.add(new Quarantined(readUuid(in), in.readLong(), in.readInt(), in.readLong()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new DiskReport(used, quarantined);
  }

  private static UUID readUuid(DataInputStream in) throws IOException {
    return new UUID(in.readLong(), in.readLong());
  }
}
