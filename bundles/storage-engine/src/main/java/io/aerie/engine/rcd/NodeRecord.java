package io.aerie.engine.rcd;

import io.aerie.base.NodeId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A node.
 *
 * @param id its name
 * @param endpoint where its storage transport listens, as the transport writes it
 * @param incarnation number of its present or last life
 * @param life random id of that life, so that two lives can't take one number for theirs
 * @param state of that life
 * @param acknowledgements while suspect: voters that no longer answer it, with the age of their
 *     last answer, nanoseconds
 * @param revision RCD index of the last change
 */
@SuppressWarnings("EnumOrdinal") // the order is part of the format, as the enums say
public record NodeRecord(
    NodeId id,
    String endpoint,
    long incarnation,
    UUID life,
    NodeState state,
    SortedMap<NodeId, Long> acknowledgements,
    long revision) {
  public NodeRecord {
    acknowledgements = Collections.unmodifiableSortedMap(new TreeMap<>(acknowledgements));
  }

  NodeRecord with(NodeState newState, SortedMap<NodeId, Long> acks, long index) {
    return new NodeRecord(id, endpoint, incarnation, life, newState, acks, index);
  }

  void write(DataOutput out) throws IOException {
    out.writeUTF(id.value());
    out.writeUTF(endpoint);
    out.writeLong(incarnation);
    RcdFormat.writeUuid(out, life);
    out.writeByte(state.ordinal());
    out.writeInt(acknowledgements.size());
    for (var acknowledgement : acknowledgements.entrySet()) {
      out.writeUTF(acknowledgement.getKey().value());
      out.writeLong(acknowledgement.getValue());
    }
    out.writeLong(revision);
  }

  static NodeRecord read(DataInput in) throws IOException {
    NodeId id = new NodeId(in.readUTF());
    String endpoint = in.readUTF();
    long incarnation = in.readLong();
    UUID life = RcdFormat.readUuid(in);
    NodeState state = NodeState.values()[in.readByte()];
    TreeMap<NodeId, Long> acknowledgements = new TreeMap<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      acknowledgements.put(new NodeId(in.readUTF()), in.readLong());
    }
    return new NodeRecord(id, endpoint, incarnation, life, state, acknowledgements, in.readLong());
  }
}
