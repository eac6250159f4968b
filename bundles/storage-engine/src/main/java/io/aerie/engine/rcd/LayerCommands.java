package io.aerie.engine.rcd;

import io.aerie.engine.rcd.RcdCommand.CancelConversion;
import io.aerie.engine.rcd.RcdCommand.CloneSnapshot;
import io.aerie.engine.rcd.RcdCommand.ConversionDone;
import io.aerie.engine.rcd.RcdCommand.ConversionFilled;
import io.aerie.engine.rcd.RcdCommand.ConvertVolume;
import io.aerie.engine.rcd.RcdCommand.CreateSnapshot;
import io.aerie.engine.rcd.RcdCommand.DeleteSnapshot;
import io.aerie.engine.rcd.RcdCommand.Discarded;
import io.aerie.engine.rcd.RcdCommand.Freeze;
import io.aerie.engine.rcd.RcdCommand.LayerDone;
import io.aerie.engine.rcd.RcdCommand.ResizeVolume;
import io.aerie.engine.rcd.RcdCommand.RevertVolume;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The commands about layers as bytes, in the form of {@link RcdCommands}.
 *
 * <pre>
 * types: 20 create snapshot, 21 freeze, 22 delete snapshot, 23 layer done, 24 revert, 25 clone,
 *        26 resize, 27 discarded, 30 convert, 31 cancel conversion, 32 conversion filled,
 *        33 conversion done
 * </pre>
 */
final class LayerCommands {
  private LayerCommands() {}

  /** Writes type and fields; false for other commands. */
  static boolean write(RcdCommand command, DataOutput out) throws IOException {
    if (command instanceof CreateSnapshot c) {
      out.writeByte(20);
      RcdFormat.writeUuid(out, c.id());
      out.writeUTF(c.name());
      RcdFormat.writeUuid(out, c.volume());
    } else if (command instanceof Freeze c) {
      longs(out, 21, c.volume(), c.volumeEpoch(), c.snapshot(), c.layer());
    } else if (command instanceof DeleteSnapshot c) {
      out.writeByte(22);
      RcdFormat.writeUuid(out, c.id());
    } else if (command instanceof LayerDone c) {
      longs(out, 23, c.volume(), c.volumeEpoch(), c.layer(), c.into());
    } else if (command instanceof RevertVolume c) {
      out.writeByte(24);
      RcdFormat.writeUuid(out, c.volume());
      RcdFormat.writeUuid(out, c.snapshot());
      out.writeLong(c.expectedRevision());
    } else if (command instanceof CloneSnapshot c) {
      out.writeByte(25);
      RcdFormat.writeUuid(out, c.id());
      out.writeUTF(c.name());
      RcdFormat.writeUuid(out, c.snapshot());
      c.redundancy().write(out);
      out.writeLong(c.seed());
    } else if (command instanceof ResizeVolume c) {
      out.writeByte(26);
      RcdFormat.writeUuid(out, c.id());
      out.writeLong(c.sizeBytes());
      out.writeBoolean(c.force());
      out.writeLong(c.expectedRevision());
    } else if (command instanceof Discarded c) {
      longs(out, 27, c.volume(), c.volumeEpoch());
    } else {
      return writeConversion(command, out);
    }
    return true;
  }

  private static boolean writeConversion(RcdCommand command, DataOutput out) throws IOException {
    if (command instanceof ConvertVolume c) {
      out.writeByte(30);
      RcdFormat.writeUuid(out, c.id());
      c.redundancy().write(out);
      RcdFormat.writeUuid(out, c.former());
      out.writeLong(c.seed());
      out.writeLong(c.expectedRevision());
    } else if (command instanceof CancelConversion c) {
      out.writeByte(31);
      RcdFormat.writeUuid(out, c.id());
    } else if (command instanceof ConversionFilled c) {
      longs(out, 32, c.volume(), c.volumeEpoch(), c.places());
    } else if (command instanceof ConversionDone c) {
      longs(out, 33, c.volume(), c.volumeEpoch(), c.layer());
    } else {
      return false;
    }
    return true;
  }

  private static void longs(DataOutput out, int type, long... fields) throws IOException {
    out.writeByte(type);
    for (long field : fields) {
      out.writeLong(field);
    }
  }

  static RcdCommand read(int type, DataInput in) throws IOException {
    return switch (type) {
      case 20 -> new CreateSnapshot(RcdFormat.readUuid(in), in.readUTF(), RcdFormat.readUuid(in));
      case 21 -> new Freeze(in.readLong(), in.readLong(), in.readLong(), in.readLong());
      case 22 -> new DeleteSnapshot(RcdFormat.readUuid(in));
      case 23 -> new LayerDone(in.readLong(), in.readLong(), in.readLong(), in.readLong());
      case 24 -> new RevertVolume(RcdFormat.readUuid(in), RcdFormat.readUuid(in), in.readLong());
      case 25 ->
          new CloneSnapshot(
              RcdFormat.readUuid(in),
              in.readUTF(),
              RcdFormat.readUuid(in),
              Redundancy.read(in),
              in.readLong());
      case 26 ->
          new ResizeVolume(RcdFormat.readUuid(in), in.readLong(), in.readBoolean(), in.readLong());
      case 27 -> new Discarded(in.readLong(), in.readLong());
      case 30 ->
          new ConvertVolume(
              RcdFormat.readUuid(in),
              Redundancy.read(in),
              RcdFormat.readUuid(in),
              in.readLong(),
              in.readLong());
      case 31 -> new CancelConversion(RcdFormat.readUuid(in));
      case 32 -> new ConversionFilled(in.readLong(), in.readLong(), in.readLong());
      case 33 -> new ConversionDone(in.readLong(), in.readLong(), in.readLong());
      default -> throw new IOException("RCD command of unknown type " + type);
    };
  }
}
