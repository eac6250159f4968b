package io.aerie.engine.rcd;

import io.aerie.base.NodeId;
import io.aerie.storage.reservation.Nexus;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;

/**
 * A client's path to a volume.
 *
 * @param generation never reused; owners refuse those that ended
 * @param volume number of the volume
 * @param node the client's node
 * @param incarnation the life of that node with which the attachment ends
 * @param session chosen by the client, makes a repeated command harmless
 * @param client who, for lists
 * @param nexus the initiator that it serves, as reservations know it; empty when it serves none
 * @param revision RCD index of the last change
 */
public record AttachmentRecord(
    long generation,
    long volume,
    NodeId node,
    long incarnation,
    UUID session,
    String client,
    Optional<Nexus> nexus,
    long revision) {
  /** To the volume that took its volume's place. */
  AttachmentRecord moved(long successor, long index) {
    return new AttachmentRecord(
        generation, successor, node, incarnation, session, client, nexus, index);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(generation);
    out.writeLong(volume);
    out.writeUTF(node.value());
    out.writeLong(incarnation);
    RcdFormat.writeUuid(out, session);
    out.writeUTF(client);
    ReservationFormat.writeNexus(nexus.orElse(null), out);
    out.writeLong(revision);
  }

  static AttachmentRecord read(DataInput in) throws IOException {
    return new AttachmentRecord(
        in.readLong(),
        in.readLong(),
        new NodeId(in.readUTF()),
        in.readLong(),
        RcdFormat.readUuid(in),
        in.readUTF(),
        Optional.ofNullable(ReservationFormat.readNexus(in)),
        in.readLong());
  }
}
