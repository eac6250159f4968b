package io.aerie.engine.rcd;

import io.aerie.base.NodeId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A volume.
 *
 * @param number never reused
 * @param id for users
 * @param name for users
 * @param sizeBytes a multiple of 4 KiB
 * @param pool number of its pool
 * @param redundancy its protection
 * @param layers frozen ones first, the live one last
 * @param owner the node that orders its operations; empty when no node is up
 * @param ownerIncarnation which life of the owner
 * @param epoch of the ownership; raised by every grant
 * @param revision RCD index of the last change
 */
public record VolumeRecord(
    long number,
    UUID id,
    String name,
    long sizeBytes,
    long pool,
    Redundancy redundancy,
    List<Layer> layers,
    Optional<NodeId> owner,
    long ownerIncarnation,
    long epoch,
    long revision) {
  public VolumeRecord {
    layers = List.copyOf(layers);
  }

  /**
   * A layer.
   *
   * @param number never reused
   * @param seed of its placement
   */
  public record Layer(long number, long seed) {}

  /** The layer that takes writes. */
  public Layer live() {
    return layers.get(layers.size() - 1);
  }

  VolumeRecord granted(Optional<NodeRecord> newOwner, long index) {
    return new VolumeRecord(
        number,
        id,
        name,
        sizeBytes,
        pool,
        redundancy,
        layers,
        newOwner.map(NodeRecord::id),
        newOwner.map(NodeRecord::incarnation).orElse(0L),
        epoch + 1,
        index);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(number);
    RcdFormat.writeUuid(out, id);
    out.writeUTF(name);
    out.writeLong(sizeBytes);
    out.writeLong(pool);
    redundancy.write(out);
    out.writeInt(layers.size());
    for (Layer layer : layers) {
      out.writeLong(layer.number());
      out.writeLong(layer.seed());
    }
    out.writeUTF(owner.map(NodeId::value).orElse(""));
    out.writeLong(ownerIncarnation);
    out.writeLong(epoch);
    out.writeLong(revision);
  }

  static VolumeRecord read(DataInput in) throws IOException {
    long number = in.readLong();
    UUID id = RcdFormat.readUuid(in);
    String name = in.readUTF();
    long sizeBytes = in.readLong();
    long pool = in.readLong();
    Redundancy redundancy = Redundancy.read(in);
    List<Layer> layers = new ArrayList<>();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      layers.add(new Layer(in.readLong(), in.readLong()));
    }
    String owner = in.readUTF();
    return new VolumeRecord(
        number,
        id,
        name,
        sizeBytes,
        pool,
        redundancy,
        layers,
        owner.isEmpty() ? Optional.empty() : Optional.of(new NodeId(owner)),
        in.readLong(),
        in.readLong(),
        in.readLong());
  }
}
