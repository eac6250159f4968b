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
 * @param suspicion while suspect: RCD index at which this suspicion began, its name; else 0
 * @param acknowledgements while suspect: voters that no longer answer it, with the age of their
 *     last answer, nanoseconds
 * @param rack where it stands; empty when not known: a rack of its own
 * @param site where its rack stands; empty when not known: a site of its own
 * @param leaving whether it is being removed from the cluster: it gets nothing, and no new life
 * @param votes whether its answers to beats, and its reports, count: until it left for good
 * @param revision RCD index of the last change
 */
@SuppressWarnings("EnumOrdinal") // the order is part of the format, as the enums say
public record NodeRecord(
    NodeId id,
    String endpoint,
    long incarnation,
    UUID life,
    NodeState state,
    long suspicion,
    SortedMap<NodeId, Long> acknowledgements,
    String rack,
    String site,
    boolean leaving,
    boolean votes,
    long revision) {
  public NodeRecord {
    acknowledgements = Collections.unmodifiableSortedMap(new TreeMap<>(acknowledgements));
  }

  /** The same life, trusted or over. */
  NodeRecord with(NodeState newState, long index) {
    return judged(newState, 0, Collections.emptySortedMap(), index);
  }

  /** A new suspicion, which no voter has acknowledged. */
  NodeRecord suspected(long index) {
    return judged(NodeState.SUSPECT, index, Collections.emptySortedMap(), index);
  }

  /** One more voter no longer answers it. */
  NodeRecord acknowledged(NodeId voter, long ageNanos, long index) {
    TreeMap<NodeId, Long> more = new TreeMap<>(acknowledgements);
    more.put(voter, ageNanos);
    return judged(state, suspicion, more, index);
  }

  /** A voter that is gone no longer counts as one that stopped answering. */
  NodeRecord without(NodeId voter, long index) {
    TreeMap<NodeId, Long> fewer = new TreeMap<>(acknowledgements);
    fewer.remove(voter);
    return judged(state, suspicion, fewer, index);
  }

  private NodeRecord judged(
      NodeState newState,
      long newSuspicion,
      SortedMap<NodeId, Long> newAcknowledgements,
      long index) {
    return new NodeRecord(
        id,
        endpoint,
        incarnation,
        life,
        newState,
        newSuspicion,
        newAcknowledgements,
        rack,
        site,
        leaving,
        votes,
        index);
  }

  /** The same life at another place. */
  NodeRecord located(String newRack, String newSite, long index) {
    return member(newRack, newSite, leaving, votes, index);
  }

  /** The same life, which is to be the last. */
  NodeRecord retired(long index) {
    return member(rack, site, true, votes, index);
  }

  /** The last life, which is over: what it answered counts no more. */
  NodeRecord silenced(long index) {
    return member(rack, site, leaving, false, index);
  }

  private NodeRecord member(
      String newRack, String newSite, boolean nowLeaving, boolean nowVotes, long index) {
    return new NodeRecord(
        id,
        endpoint,
        incarnation,
        life,
        state,
        suspicion,
        acknowledgements,
        newRack,
        newSite,
        nowLeaving,
        nowVotes,
        index);
  }

  /** Whether this life may get anything: disks, attachments, volumes to own. */
  boolean serves() {
    return state != NodeState.DOWN && !leaving;
  }

  void write(DataOutput out) throws IOException {
    out.writeUTF(id.value());
    out.writeUTF(endpoint);
    out.writeLong(incarnation);
    RcdFormat.writeUuid(out, life);
    out.writeByte(state.ordinal());
    out.writeLong(suspicion);
    out.writeInt(acknowledgements.size());
    for (var acknowledgement : acknowledgements.entrySet()) {
      out.writeUTF(acknowledgement.getKey().value());
      out.writeLong(acknowledgement.getValue());
    }
    out.writeUTF(rack);
    out.writeUTF(site);
    out.writeBoolean(leaving);
    out.writeBoolean(votes);
    out.writeLong(revision);
  }

  static NodeRecord read(DataInput in) throws IOException {
    NodeId id = new NodeId(in.readUTF());
    String endpoint = in.readUTF();
    long incarnation = in.readLong();
    UUID life = RcdFormat.readUuid(in);
    NodeState state = NodeState.values()[in.readByte()];
    long suspicion = in.readLong();
    TreeMap<NodeId, Long> acknowledgements = new TreeMap<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      acknowledgements.put(new NodeId(in.readUTF()), in.readLong());
    }
    return new NodeRecord(
        id,
        endpoint,
        incarnation,
        life,
        state,
        suspicion,
        acknowledgements,
        in.readUTF(),
        in.readUTF(),
        in.readBoolean(),
        in.readBoolean(),
        in.readLong());
  }
}
