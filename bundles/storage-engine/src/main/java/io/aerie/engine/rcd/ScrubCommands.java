package io.aerie.engine.rcd;

import io.aerie.engine.rcd.RcdCommand.ControlScrub;
import io.aerie.engine.rcd.RcdCommand.ForgetVolume;
import io.aerie.engine.rcd.RcdCommand.ReportScrub;
import io.aerie.engine.rcd.RcdCommand.ScrubCommand;
import io.aerie.engine.rcd.RcdCommand.StartScrub;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Commands about scrubs and quarantine as bytes, a part of {@link RcdCommands}: 60 start, 61
 * control, 62 report, 63 forget volume.
 */
@SuppressWarnings("EnumOrdinal") // the order is part of the format, as the enums say
final class ScrubCommands {
  static final int FIRST = 60;
  static final int LAST = 63;

  private ScrubCommands() {}

  static void write(ScrubCommand command, DataOutput out) throws IOException {
    if (command instanceof StartScrub c) {
      out.writeByte(60);
      RcdFormat.writeUuid(out, c.id());
      out.writeByte(c.scope().ordinal());
      out.writeLong(c.subject());
      out.writeLong(c.startedAtMs());
    } else if (command instanceof ControlScrub c) {
      out.writeByte(61);
      out.writeLong(c.job());
      out.writeByte(c.action().ordinal());
    } else if (command instanceof ReportScrub c) {
      out.writeByte(62);
      out.writeLong(c.volume());
      out.writeLong(c.volumeEpoch());
      out.writeLong(c.job());
      c.counts().write(out);
      out.writeBoolean(c.done());
      out.writeLong(c.atMs());
    } else if (command instanceof ForgetVolume c) {
      out.writeByte(63);
      out.writeLong(c.volume());
    }
  }

  static RcdCommand read(int type, DataInput in) throws IOException {
    return switch (type) {
      case 60 ->
          new StartScrub(
              RcdFormat.readUuid(in),
              ScrubJobRecord.Scope.values()[in.readByte()],
              in.readLong(),
              in.readLong());
      case 61 -> new ControlScrub(in.readLong(), ControlScrub.Action.values()[in.readByte()]);
      case 62 ->
          new ReportScrub(
              in.readLong(),
              in.readLong(),
              in.readLong(),
              ScrubRecord.Counts.read(in),
              in.readBoolean(),
              in.readLong());
      case 63 -> new ForgetVolume(in.readLong());
      default -> throw new IOException("RCD command of unknown type " + type);
    };
  }
}
