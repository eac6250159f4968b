package io.aerie.engine.rcd;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;

/** Pieces that RCD's records and commands are written with; all numbers big-endian. */
final class RcdFormat {
  private RcdFormat() {}

  static void writeUuid(DataOutput out, UUID id) throws IOException {
    out.writeLong(id.getMostSignificantBits());
    out.writeLong(id.getLeastSignificantBits());
  }

  static UUID readUuid(DataInput in) throws IOException {
    return new UUID(in.readLong(), in.readLong());
  }

  static void writeUuids(DataOutput out, Collection<UUID> ids) throws IOException {
    out.writeInt(ids.size());
    for (UUID id : ids) {
      writeUuid(out, id);
    }
  }

  static List<UUID> readUuids(DataInput in) throws IOException {
    int count = in.readInt();
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(readUuid(in));
    }
    return ids;
  }
}
