package io.aerie.engine.rcd;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.UUID;

/**
 * A snapshot: the content of a volume at one moment, kept as a frozen layer and those below it.
 *
 * <pre>
 *  WANTED (no layer) --its owner has drained, Freeze--> READY (the layer is frozen) --deleted--> gone
 * </pre>
 *
 * @param number never reused
 * @param id for users
 * @param name for users; unique within the volume
 * @param volume number of the volume
 * @param layer number of the frozen layer on top of it; 0 while it is only wanted
 * @param sizeBytes of the volume when it was frozen; while wanted, when it was asked for
 * @param createdAt RCD index of the Freeze; while wanted, of the command that asked for it
 */
public record SnapshotRecord(
    long number, UUID id, String name, long volume, long layer, long sizeBytes, long createdAt) {
  /** Whether the layer is frozen. */
  public boolean ready() {
    return layer != 0;
  }

  SnapshotRecord frozen(VolumeRecord of, long index) {
    return new SnapshotRecord(number, id, name, volume, of.live().number(), of.sizeBytes(), index);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(number);
    RcdFormat.writeUuid(out, id);
    out.writeUTF(name);
    out.writeLong(volume);
    out.writeLong(layer);
    out.writeLong(sizeBytes);
    out.writeLong(createdAt);
  }

  static SnapshotRecord read(DataInput in) throws IOException {
    return new SnapshotRecord(
        in.readLong(),
        RcdFormat.readUuid(in),
        in.readUTF(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong());
  }
}
