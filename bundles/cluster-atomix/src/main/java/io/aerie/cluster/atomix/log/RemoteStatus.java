package io.aerie.cluster.atomix.log;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a replica tells others about itself.
 *
 * <pre>
 * u8 1 when it leads | i64 committed index | text leader's replica id, empty when unknown
 * i32 members | text replica id, each
 * </pre>
 *
 * @param leads whether it is the leader
 * @param committedIndex the last index that it knows as committed
 * @param leader the leader that it knows, as text of {@link ReplicaId}, or empty
 * @param members the members that it knows
 */
record RemoteStatus(boolean leads, long committedIndex, String leader, List<String> members) {
  byte[] write() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeBoolean(leads);
      out.writeLong(committedIndex);
      out.writeUTF(leader);
      out.writeInt(members.size());
      for (String member : members) {
        out.writeUTF(member);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static RemoteStatus read(byte[] message) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(message))) {
      boolean leads = in.readBoolean();
      long committedIndex = in.readLong();
      String leader = in.readUTF();
      List<String> members = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        members.add(in.readUTF());
      }
      return new RemoteStatus(leads, committedIndex, leader, members);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
