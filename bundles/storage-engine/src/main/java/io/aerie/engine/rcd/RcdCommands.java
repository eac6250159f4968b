package io.aerie.engine.rcd;

import io.aerie.base.NodeId;
import io.aerie.engine.rcd.RcdCommand.AddDisk;
import io.aerie.engine.rcd.RcdCommand.Attach;
import io.aerie.engine.rcd.RcdCommand.BringDisk;
import io.aerie.engine.rcd.RcdCommand.CreatePool;
import io.aerie.engine.rcd.RcdCommand.CreateVolume;
import io.aerie.engine.rcd.RcdCommand.DeleteVolume;
import io.aerie.engine.rcd.RcdCommand.Detach;
import io.aerie.engine.rcd.RcdCommand.DiskFailed;
import io.aerie.engine.rcd.RcdCommand.EndVote;
import io.aerie.engine.rcd.RcdCommand.Expire;
import io.aerie.engine.rcd.RcdCommand.ForgetNode;
import io.aerie.engine.rcd.RcdCommand.JoinNode;
import io.aerie.engine.rcd.RcdCommand.LeaveNode;
import io.aerie.engine.rcd.RcdCommand.LimitVolume;
import io.aerie.engine.rcd.RcdCommand.ResynchronisationDone;
import io.aerie.engine.rcd.RcdCommand.RetireNode;
import io.aerie.engine.rcd.RcdCommand.Suspect;
import io.aerie.engine.rcd.RcdCommand.SuspectAcknowledged;
import io.aerie.engine.rcd.RcdCommand.Trust;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Commands as bytes.
 *
 * <pre>
 * u8 version | u8 type | the record's fields in order: i64, i32, UUID as two i64, text as UTF, redundancy as 2 x u8
 * types: 1 join, 2 suspect, 3 acknowledged, 4 expire, 5 add disk, 6 bring disk, 7 disk failed, 8 pool,
 *        9 volume, 10 delete volume, 11 attach, 12 detach, 13 resynchronisation done,
 *        14 leave, 15 trust; of layers: {@link LayerCommands}; of places: {@link PlacementCommands};
 *        50 limit volume, 53 retire node, 54 forget node, 55 end vote; 60 to 63: {@link ScrubCommands};
 *        70 and 71: {@link ReservationCommands}
 * </pre>
 *
 * <p>The version is 8, and 9 of the one type that came with it, 47 accept stale; so until that is
 * asked for, nodes of the release before read all that is in the log.
 */
public final class RcdCommands {
  private static final int VERSION = 8;
  private static final int VERSION_OF_ACCEPT_STALE = 9;

  private RcdCommands() {}

  /** Writes a command as drawn above. */
  public static byte[] encode(RcdCommand command) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(version(command));
      write(command, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Reads what {@link #encode} wrote. */
  public static RcdCommand decode(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readByte();
      if (version != VERSION && version != VERSION_OF_ACCEPT_STALE) {
        throw new IOException("RCD command of unknown version " + version);
      }
      RcdCommand command = read(in.readByte(), in);
      if (version(command) != version) {
        throw new IOException("RCD command of another version than " + version + ": " + command);
      }
      return command;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int version(RcdCommand command) {
    return command instanceof RcdCommand.AcceptStale ? VERSION_OF_ACCEPT_STALE : VERSION;
  }

  private static void write(RcdCommand command, DataOutput out) throws IOException {
    if (command instanceof JoinNode c) {
      node(out, 1, c.node(), c.incarnation());
      out.writeUTF(c.endpoint());
      RcdFormat.writeUuid(out, c.life());
    } else if (command instanceof Suspect c) {
      node(out, 2, c.node(), c.incarnation());
    } else if (command instanceof SuspectAcknowledged c) {
      node(out, 3, c.node(), c.incarnation());
      out.writeUTF(c.voter().value());
      out.writeLong(c.suspicion());
      out.writeLong(c.ageNanos());
    } else if (command instanceof Expire c) {
      node(out, 4, c.node(), c.incarnation());
      out.writeLong(c.suspicion());
    } else if (command instanceof Trust c) {
      node(out, 15, c.node(), c.incarnation());
      out.writeLong(c.suspicion());
    } else if (command instanceof AddDisk c) {
      node(out, 5, c.node(), c.incarnation());
      RcdFormat.writeUuid(out, c.disk());
      out.writeUTF(c.path());
      out.writeLong(c.capacityBytes());
      out.writeLong(c.generation());
      out.writeUTF(c.pool());
    } else if (command instanceof BringDisk c) {
      node(out, 6, c.node(), c.incarnation());
      RcdFormat.writeUuid(out, c.disk());
      out.writeUTF(c.path());
      out.writeLong(c.capacityBytes());
      out.writeLong(c.generation());
    } else if (command instanceof DiskFailed c) {
      node(out, 7, c.node(), c.incarnation());
      RcdFormat.writeUuid(out, c.disk());
      out.writeLong(c.generation());
    } else if (command instanceof LeaveNode c) {
      node(out, 14, c.node(), c.incarnation());
    } else if (command instanceof RetireNode c) {
      node(out, 53, c.node(), c.incarnation());
    } else if (command instanceof ForgetNode c) {
      node(out, 54, c.node(), c.incarnation());
    } else if (command instanceof EndVote c) {
      node(out, 55, c.node(), c.incarnation());
    } else {
      writeVolumes(command, out);
    }
  }

  private static void writeVolumes(RcdCommand command, DataOutput out) throws IOException {
    if (command instanceof CreatePool c) {
      out.writeByte(8);
      RcdFormat.writeUuid(out, c.id());
      out.writeUTF(c.name());
    } else if (command instanceof CreateVolume c) {
      out.writeByte(9);
      RcdFormat.writeUuid(out, c.id());
      out.writeUTF(c.name());
      out.writeLong(c.sizeBytes());
      out.writeUTF(c.pool());
      c.redundancy().write(out);
      out.writeLong(c.seed());
    } else if (command instanceof DeleteVolume c) {
      out.writeByte(10);
      RcdFormat.writeUuid(out, c.id());
      out.writeLong(c.expectedRevision());
    } else if (command instanceof Attach c) {
      node(out, 11, c.node(), c.incarnation());
      out.writeLong(c.volume());
      RcdFormat.writeUuid(out, c.session());
      out.writeUTF(c.client());
      ReservationFormat.writeNexus(c.nexus().orElse(null), out);
    } else if (command instanceof Detach c) {
      out.writeByte(12);
      out.writeLong(c.generation());
    } else if (command instanceof ResynchronisationDone c) {
      out.writeByte(13);
      out.writeLong(c.volume());
      out.writeLong(c.volumeEpoch());
      out.writeLong(c.group());
      out.writeLong(c.groupEpoch());
      RcdFormat.writeUuid(out, c.disk());
      out.writeLong(c.copiedBytes());
    } else if (command instanceof LimitVolume c) {
      out.writeByte(50);
      RcdFormat.writeUuid(out, c.id());
      c.change().write(out);
      out.writeLong(c.expectedRevision());
    } else if (command instanceof RcdCommand.ScrubCommand c) {
      ScrubCommands.write(c, out);
    } else if (command instanceof RcdCommand.ReservationCommand c) {
      ReservationCommands.write(c, out);
    } else if (!LayerCommands.write(command, out) && !PlacementCommands.write(command, out)) {
      throw new IllegalArgumentException("unknown command " + command);
    }
  }

  private static void node(DataOutput out, int type, NodeId node, long incarnation)
      throws IOException {
    out.writeByte(type);
    out.writeUTF(node.value());
    out.writeLong(incarnation);
  }

  private static RcdCommand read(int type, DataInput in) throws IOException {
    if (type >= ScrubCommands.FIRST && type <= ScrubCommands.LAST) {
      return ScrubCommands.read(type, in);
    }
    if (type >= ReservationCommands.FIRST && type <= ReservationCommands.LAST) {
      return ReservationCommands.read(type, in);
    }
    return switch (type) {
      case 8 -> new CreatePool(RcdFormat.readUuid(in), in.readUTF());
      case 9 ->
          new CreateVolume(
              RcdFormat.readUuid(in),
              in.readUTF(),
              in.readLong(),
              in.readUTF(),
              Redundancy.read(in),
              in.readLong());
      case 10 -> new DeleteVolume(RcdFormat.readUuid(in), in.readLong());
      case 12 -> new Detach(in.readLong());
      case 13 ->
          new ResynchronisationDone(
              in.readLong(),
              in.readLong(),
              in.readLong(),
              in.readLong(),
              RcdFormat.readUuid(in),
              in.readLong());
      case 20, 21, 22, 23, 24, 25, 26, 27, 30, 31, 32, 33 -> LayerCommands.read(type, in);
      case 16, 40, 41, 42, 43, 44, 45, 46, 47 -> PlacementCommands.read(type, in);
      case 50 -> new LimitVolume(RcdFormat.readUuid(in), VolumeLimits.read(in), in.readLong());
      default -> readOfNode(type, new NodeId(in.readUTF()), in.readLong(), in);
    };
  }

  private static RcdCommand readOfNode(int type, NodeId node, long incarnation, DataInput in)
      throws IOException {
    return switch (type) {
      case 1 -> {
        String endpoint = in.readUTF();
        yield new JoinNode(node, endpoint, incarnation, RcdFormat.readUuid(in));
      }
      case 2 -> new Suspect(node, incarnation);
      case 3 -> {
        NodeId voter = new NodeId(in.readUTF());
        yield new SuspectAcknowledged(voter, node, incarnation, in.readLong(), in.readLong());
      }
      case 4 -> new Expire(node, incarnation, in.readLong());
      case 15 -> new Trust(node, incarnation, in.readLong());
      case 14 -> new LeaveNode(node, incarnation);
      case 53 -> new RetireNode(node, incarnation);
      case 54 -> new ForgetNode(node, incarnation);
      case 55 -> new EndVote(node, incarnation);
      case 5 ->
          new AddDisk(
              RcdFormat.readUuid(in),
              node,
              incarnation,
              in.readUTF(),
              in.readLong(),
              in.readLong(),
              in.readUTF());
      case 6 ->
          new BringDisk(
              RcdFormat.readUuid(in),
              node,
              incarnation,
              in.readUTF(),
              in.readLong(),
              in.readLong());
      case 7 -> new DiskFailed(RcdFormat.readUuid(in), node, incarnation, in.readLong());
      case 11 -> {
        long volume = in.readLong();
        yield new Attach(
            volume,
            node,
            incarnation,
            RcdFormat.readUuid(in),
            in.readUTF(),
            Optional.ofNullable(ReservationFormat.readNexus(in)));
      }
      default -> throw new IOException("RCD command of unknown type " + type);
    };
  }
}
