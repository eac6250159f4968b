package io.aerie.engine.rcd;

import io.aerie.base.NodeId;
import io.aerie.engine.rcd.RcdCommand.AcceptStale;
import io.aerie.engine.rcd.RcdCommand.AssignBalance;
import io.aerie.engine.rcd.RcdCommand.AssignDuty;
import io.aerie.engine.rcd.RcdCommand.GoOnAlone;
import io.aerie.engine.rcd.RcdCommand.GroupEmptied;
import io.aerie.engine.rcd.RcdCommand.LocateNode;
import io.aerie.engine.rcd.RcdCommand.MeasureDisk;
import io.aerie.engine.rcd.RcdCommand.RebalancePool;
import io.aerie.engine.rcd.RcdCommand.SpreadPool;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.TreeMap;

/**
 * Commands about where things are, as bytes; the type goes before.
 *
 * <pre>
 * 40 locate node: utf node | utf rack | utf site
 * 41 spread pool: uuid pool | u8 level
 * 42 measure disk: uuid disk | i32 speed, percent
 * 43 assign duty: i32 count, uuid disks | u8 duty
 * 44 rebalance pool: uuid pool | bool cancel
 * 45 assign balance: uuid pool | u8 policy
 * 46 group emptied: uuid disk | i64 generation | i64 group | i64 group's epoch
 * 47 accept stale: i32 count, of each group i64 number | i64 epoch | uuid disk
 * 16 go on alone: i32 count, of each group i64 number | i64 epoch
 * </pre>
 */
@SuppressWarnings("EnumOrdinal") // the order is part of the format, as the enums say
final class PlacementCommands {
  private PlacementCommands() {}

  /** Whether it was one of these. */
  static boolean write(RcdCommand command, DataOutput out) throws IOException {
    if (command instanceof LocateNode c) {
      out.writeByte(40);
      out.writeUTF(c.node().value());
      out.writeUTF(c.rack());
      out.writeUTF(c.site());
    } else if (command instanceof SpreadPool c) {
      out.writeByte(41);
      RcdFormat.writeUuid(out, c.pool());
      out.writeByte(c.level().ordinal());
    } else if (command instanceof MeasureDisk c) {
      out.writeByte(42);
      RcdFormat.writeUuid(out, c.disk());
      out.writeInt(c.speedPercent());
    } else if (command instanceof AssignDuty c) {
      out.writeByte(43);
      RcdFormat.writeUuids(out, c.disks());
      out.writeByte(c.duty().ordinal());
    } else if (command instanceof RebalancePool c) {
      out.writeByte(44);
      RcdFormat.writeUuid(out, c.pool());
      out.writeBoolean(c.cancel());
    } else if (command instanceof AssignBalance c) {
      out.writeByte(45);
      RcdFormat.writeUuid(out, c.pool());
      out.writeByte(c.policy().ordinal());
    } else if (command instanceof GroupEmptied c) {
      out.writeByte(46);
      RcdFormat.writeUuid(out, c.disk());
      out.writeLong(c.generation());
      out.writeLong(c.group());
      out.writeLong(c.groupEpoch());
    } else if (command instanceof AcceptStale c) {
      out.writeByte(47);
      out.writeInt(c.copies().size());
      for (var group : c.copies().entrySet()) {
        out.writeLong(group.getKey());
        out.writeLong(group.getValue().epoch());
        RcdFormat.writeUuid(out, group.getValue().disk());
      }
    } else if (command instanceof GoOnAlone c) {
      out.writeByte(16);
      out.writeInt(c.epochs().size());
      for (var group : c.epochs().entrySet()) {
        out.writeLong(group.getKey());
        out.writeLong(group.getValue());
      }
    } else {
      return false;
    }
    return true;
  }

  static RcdCommand read(int type, DataInput in) throws IOException {
    return switch (type) {
      case 40 -> new LocateNode(new NodeId(in.readUTF()), in.readUTF(), in.readUTF());
      case 41 -> new SpreadPool(RcdFormat.readUuid(in), FailureDomain.values()[in.readByte()]);
      case 42 -> new MeasureDisk(RcdFormat.readUuid(in), in.readInt());
      case 43 -> new AssignDuty(RcdFormat.readUuids(in), DiskDuty.values()[in.readByte()]);
      case 44 -> new RebalancePool(RcdFormat.readUuid(in), in.readBoolean());
      case 45 -> new AssignBalance(RcdFormat.readUuid(in), BalancePolicy.values()[in.readByte()]);
      case 46 ->
          new GroupEmptied(RcdFormat.readUuid(in), in.readLong(), in.readLong(), in.readLong());
      case 47 -> acceptStale(in);
      case 16 -> goOnAlone(in);
      default -> throw new IOException("RCD command of unknown type " + type);
    };
  }

  private static AcceptStale acceptStale(DataInput in) throws IOException {
    TreeMap<Long, AcceptStale.Copy> copies = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      long group = in.readLong();
      copies.put(group, new AcceptStale.Copy(in.readLong(), RcdFormat.readUuid(in)));
    }
    return new AcceptStale(copies);
  }

  private static GoOnAlone goOnAlone(DataInput in) throws IOException {
    TreeMap<Long, Long> epochs = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      epochs.put(in.readLong(), in.readLong());
    }
    return new GoOnAlone(epochs);
  }
}
