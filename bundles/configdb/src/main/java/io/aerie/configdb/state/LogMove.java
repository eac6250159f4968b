package io.aerie.configdb.state;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.UUID;

/**
 * A move of ConfigDB to another log, as the log that it leaves has it.
 *
 * @param id random; a second try is another move
 * @param to the new log, which exists for this move only
 * @param coordinator the node that makes the new log and seals the old one
 */
public record LogMove(UUID id, LogName to, String coordinator) {
  void write(DataOutput out) throws IOException {
    out.writeLong(id.getMostSignificantBits());
    out.writeLong(id.getLeastSignificantBits());
    out.writeUTF(to.provider());
    out.writeUTF(to.name());
    out.writeUTF(coordinator);
  }

  static LogMove read(DataInput in) throws IOException {
    UUID id = new UUID(in.readLong(), in.readLong());
    return new LogMove(id, new LogName(in.readUTF(), in.readUTF()), in.readUTF());
  }
}
