package io.aerie.ardfs.network;

import io.aerie.base.NodeId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/**
 * Opens a connection: who speaks which protocol in which cluster.
 *
 * <pre>
 *   0       4         8             24            25 + n
 *   +-------+---------+-------------+---+---------+
 *   | magic | version | cluster     | n | node id |
 *   +-------+---------+-------------+---+---------+
 *    "AERD"   1         UUID          1   UTF-8
 * </pre>
 *
 * @param version of the storage protocol; both sides must speak the same (mixed versions come with
 *     field upgrades)
 * @param cluster the cluster's id
 * @param node who speaks
 */
record Hello(int version, UUID cluster, NodeId node) {
  static final int MAGIC = 0x41455244;
  static final int VERSION = 1;
  private static final int FIXED_BYTES = 25;

  ByteBuf encode() {
    byte[] name = node.value().getBytes(StandardCharsets.UTF_8);
    ByteBuf out = Unpooled.buffer(FIXED_BYTES + name.length);
    out.writeInt(MAGIC).writeInt(version);
    out.writeLong(cluster.getMostSignificantBits()).writeLong(cluster.getLeastSignificantBits());
    out.writeByte(name.length).writeBytes(name);
    return out;
  }

  /** The hello of a frame; empty when it is none. */
  static Optional<Hello> decode(ByteBuf in) {
    if (in.readableBytes() < FIXED_BYTES || in.readInt() != MAGIC) {
      return Optional.empty();
    }
    int version = in.readInt();
    UUID cluster = new UUID(in.readLong(), in.readLong());
    int length = in.readUnsignedByte();
    if (in.readableBytes() != length) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Hello(version, cluster, new NodeId(in.toString(StandardCharsets.UTF_8))));
    } catch (RuntimeException e) {
      // The name comes from outside: one that is none is a refusal like a wrong magic.
      return Optional.empty();
    }
  }
}
