package io.aerie.engine.rcd;

import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationOutcome.Verdict;
import io.aerie.storage.reservation.ReservationRequest;
import io.aerie.storage.reservation.ReservationRequest.Move;
import io.aerie.storage.reservation.ReservationState;
import io.aerie.storage.reservation.ReservationType;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reservations as bytes.
 *
 * <pre>
 * nexus:   utf initiator ("" = none, then no port) | u16 port
 * type:    u8, the number of SPC-4, 0 = none
 * state:   i32 generation | bool persistent | i32 count, (nexus, i64 key) ... | type | nexus holder | nexus simple
 * request: u8 action | nexus from | i64 key | i64 new key | type | bool persistent | nexus to | bool unregister
 * </pre>
 */
@SuppressWarnings("EnumOrdinal") // the order is part of the format, as the enums say
final class ReservationFormat {
  private ReservationFormat() {}

  static void writeNexus(Nexus nexus, DataOutput out) throws IOException {
    out.writeUTF(nexus == null ? "" : nexus.initiator());
    if (nexus != null) {
      out.writeShort(nexus.port());
    }
  }

  /** Null when there was none. */
  static Nexus readNexus(DataInput in) throws IOException {
    String initiator = in.readUTF();
    return initiator.isEmpty() ? null : new Nexus(initiator, in.readUnsignedShort());
  }

  static void writeVerdict(Verdict verdict, DataOutput out) throws IOException {
    out.writeByte(verdict.ordinal());
  }

  static Verdict readVerdict(DataInput in) throws IOException {
    return Verdict.values()[in.readByte()];
  }

  private static void writeType(ReservationType type, DataOutput out) throws IOException {
    out.writeByte(type == null ? 0 : type.number());
  }

  private static ReservationType readType(DataInput in) throws IOException {
    int number = in.readByte();
    Optional<ReservationType> type = ReservationType.of(number);
    if (type.isEmpty() && number != 0) {
      throw new IOException("reservation of unknown type " + number);
    }
    return type.orElse(null);
  }

  static void writeState(ReservationState state, DataOutput out) throws IOException {
    out.writeInt(state.generation());
    out.writeBoolean(state.persistent());
    out.writeInt(state.keys().size());
    for (var key : state.keys().entrySet()) {
      writeNexus(key.getKey(), out);
      out.writeLong(key.getValue());
    }
    writeType(state.type(), out);
    writeNexus(state.holder(), out);
    writeNexus(state.simple(), out);
  }

  static ReservationState readState(DataInput in) throws IOException {
    int generation = in.readInt();
    boolean persistent = in.readBoolean();
    TreeMap<Nexus, Long> keys = new TreeMap<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      keys.put(readNexus(in), in.readLong());
    }
    return new ReservationState(
        generation, persistent, keys, readType(in), readNexus(in), readNexus(in));
  }

  static void writeRequest(ReservationRequest request, DataOutput out) throws IOException {
    out.writeByte(request.action().ordinal());
    writeNexus(request.from(), out);
    out.writeLong(request.key());
    out.writeLong(request.newKey());
    writeType(request.type(), out);
    out.writeBoolean(request.persistent());
    writeNexus(request.move() == null ? null : request.move().to(), out);
    out.writeBoolean(request.move() != null && request.move().unregister());
  }

  static ReservationRequest readRequest(DataInput in) throws IOException {
    ReservationRequest.Action action = ReservationRequest.Action.values()[in.readByte()];
    Nexus from = readNexus(in);
    long key = in.readLong();
    long newKey = in.readLong();
    ReservationType type = readType(in);
    boolean persistent = in.readBoolean();
    Nexus to = readNexus(in);
    boolean unregister = in.readBoolean();
    Move move = to == null ? null : new Move(to, unregister);
    return new ReservationRequest(action, from, key, newKey, type, persistent, move);
  }
}
