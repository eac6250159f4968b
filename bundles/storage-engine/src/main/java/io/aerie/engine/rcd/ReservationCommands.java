package io.aerie.engine.rcd;

import io.aerie.engine.rcd.RcdCommand.ChangeReservation;
import io.aerie.engine.rcd.RcdCommand.ClearReservation;
import io.aerie.engine.rcd.RcdCommand.ReservationCommand;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Commands about reservations as bytes, a part of {@link RcdCommands}: 70 change, 71 clear; see
 * {@link ReservationFormat}.
 */
final class ReservationCommands {
  static final int FIRST = 70;
  static final int LAST = 71;

  private ReservationCommands() {}

  static void write(ReservationCommand command, DataOutput out) throws IOException {
    if (command instanceof ChangeReservation c) {
      out.writeByte(70);
      out.writeLong(c.generation());
      out.writeLong(c.number());
      ReservationFormat.writeRequest(c.request(), out);
    } else if (command instanceof ClearReservation c) {
      out.writeByte(71);
      RcdFormat.writeUuid(out, c.volume());
      out.writeBoolean(c.force());
      out.writeLong(c.expectedRevision());
    }
  }

  static RcdCommand read(int type, DataInput in) throws IOException {
    return switch (type) {
      case 70 ->
          new ChangeReservation(in.readLong(), in.readLong(), ReservationFormat.readRequest(in));
      case 71 -> new ClearReservation(RcdFormat.readUuid(in), in.readBoolean(), in.readLong());
      default -> throw new IOException("RCD command of unknown type " + type);
    };
  }
}
