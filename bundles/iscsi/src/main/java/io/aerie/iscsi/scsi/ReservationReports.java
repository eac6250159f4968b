package io.aerie.iscsi.scsi;

import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationState;
import io.aerie.storage.reservation.ReservationType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** What PERSISTENT RESERVE IN answers, SPC-4, section 6.15. */
final class ReservationReports {
  private static final int HEADER_BYTES = 8;
  private static final int RESERVATION_BYTES = 16;
  private static final int DESCRIPTOR_BYTES = 24;
  private static final int HOLDER = 0x01;

  /** RESERVE(6) and RELEASE(6) of who has access anyway do nothing and go well (CRH); PTPL_C. */
  private static final int CAPABILITIES = 0x11;

  private static final int TYPES_VALID = 0x80;

  /** Types 1, 3, 5, 6, 7, and 8. */
  private static final int TYPES = 0xea01;

  private ReservationReports() {}

  private static ByteBuffer begin(byte[] list, ReservationState state) {
    return ByteBuffer.wrap(list).putInt(state.generation()).putInt(list.length - HEADER_BYTES);
  }

  static byte[] keys(ReservationState state) {
    byte[] list = new byte[HEADER_BYTES + Long.BYTES * state.keys().size()];
    ByteBuffer to = begin(list, state);
    state.keys().values().forEach(to::putLong);
    return list;
  }

  static byte[] reservation(ReservationState state) {
    ReservationType type = state.type();
    byte[] list = new byte[HEADER_BYTES + (type == null ? 0 : RESERVATION_BYTES)];
    ByteBuffer to = begin(list, state);
    if (type != null) {
      // What all hold has no key.
      to.putLong(type.heldByAll() ? 0 : state.keys().get(state.holder()));
      to.put(HEADER_BYTES + 13, (byte) type.number());
    }
    return list;
  }

  static byte[] capabilities(ReservationState state) {
    return ByteBuffer.allocate(8)
        .putShort((short) 8)
        .put((byte) CAPABILITIES)
        .put((byte) (TYPES_VALID | (state.persistent() ? 1 : 0)))
        .putShort((short) TYPES)
        .array();
  }

  static byte[] fullStatus(ReservationState state) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    state.keys().forEach((nexus, key) -> all.writeBytes(descriptor(state, nexus, key)));
    byte[] list = new byte[HEADER_BYTES + all.size()];
    ByteBuffer unused = begin(list, state).put(all.toByteArray());
    return list;
  }

  private static byte[] descriptor(ReservationState state, Nexus nexus, long key) {
    byte[] initiator = TransportId.write(nexus.initiator());
    boolean holds = state.holds(nexus);
    return ByteBuffer.allocate(DESCRIPTOR_BYTES + initiator.length)
        .putLong(key)
        .putInt(0)
        .put((byte) (holds ? HOLDER : 0))
        .put((byte) (holds ? state.type().number() : 0))
        .putInt(0)
        .putShort((short) nexus.port())
        .putInt(initiator.length)
        .put(initiator)
        .array();
  }
}
