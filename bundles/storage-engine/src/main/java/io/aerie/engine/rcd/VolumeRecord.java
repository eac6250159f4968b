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
 * @param layers its own: the live one last. Frozen ones form a tree by their parents; all have one
 *     placement seed, so that a block of any of them lies in the same group
 * @param origin number of the snapshot that it was cloned from: what its own layers lack is read
 *     there; 0 for none
 * @param discardBytes where the part ends that was cut off and must still be emptied, from
 *     sizeBytes on; 0 for none
 * @param wanted number of the snapshot that is being made; 0 for none
 * @param limits what its clients together may ask of it
 * @param conversion how far a change of its protection has come
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
    long origin,
    long discardBytes,
    long wanted,
    VolumeLimits limits,
    Conversion conversion,
    Optional<NodeId> owner,
    long ownerIncarnation,
    long epoch,
    long revision) {
  /** How the names of what conversions leave behind begin; no user's name does. */
  public static final String FORMER = "~";

  public VolumeRecord {
    layers = List.copyOf(layers);
  }

  /**
   * A layer.
   *
   * @param number never reused
   * @param seed of its placement
   * @param parent the layer below it in the same volume; 0 when there is none
   * @param sizeBytes the most that lay in it: of a frozen one the volume's size when it was frozen;
   *     of the live one 0, its size is the volume's
   * @param belowBytes how far what lies below it is seen: a volume that was cut and grew again does
   *     not show what it had there
   */
  public record Layer(long number, long seed, long parent, long sizeBytes, long belowBytes) {
    /** A live layer with nothing below it. */
    static Layer first(long number, long seed) {
      return new Layer(number, seed, 0, 0, 0);
    }

    Layer frozen(long bytes) {
      return new Layer(number, seed, parent, bytes, belowBytes);
    }

    Layer over(long newParent, long newBelowBytes) {
      return new Layer(number, seed, newParent, sizeBytes, newBelowBytes);
    }
  }

  /** The layer that takes writes. */
  public Layer live() {
    return layers.get(layers.size() - 1);
  }

  /** One of its own layers. */
  public Optional<Layer> layer(long wanted) {
    return layers.stream().filter(l -> l.number() == wanted).findFirst();
  }

  /** Layers that stand directly on one. */
  public List<Layer> children(long of) {
    return layers.stream().filter(l -> l.parent() == of).toList();
  }

  /** A layer and those below it in this volume, from the top down; empty when there is no such. */
  public List<Layer> chain(long top) {
    List<Layer> chain = new ArrayList<>();
    Optional<Layer> next = layer(top);
    while (next.isPresent()) {
      chain.add(next.get());
      next = layer(next.get().parent());
    }
    return chain;
  }

  /** Whether there may be something below the live layer. */
  public boolean layered() {
    return origin != 0 || live().parent() != 0;
  }

  /**
   * Blocks of each member that the volume may come to take ({@link Redundancy#blocks}): all that
   * could be written to each of its layers, and to the one that a wanted snapshot will open. So
   * nothing is promised twice, whatever is written.
   */
  public long promisedBlocks() {
    long blocks = redundancy.blocks(Math.max(sizeBytes, discardBytes));
    boolean another = wanted != 0 && conversion.wish().isEmpty();
    blocks += another ? redundancy.blocks(sizeBytes) : 0;
    for (Layer frozen : layers.subList(0, layers.size() - 1)) {
      blocks += redundancy.blocks(frozen.sizeBytes());
    }
    return blocks;
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
        origin,
        discardBytes,
        wanted,
        limits,
        conversion,
        newOwner.map(NodeRecord::id),
        newOwner.map(NodeRecord::incarnation).orElse(0L),
        epoch + 1,
        index);
  }

  VolumeRecord wanting(long snapshot, long index) {
    return with(layers, sizeBytes, discardBytes, snapshot, index);
  }

  VolumeRecord withLayers(List<Layer> newLayers, long index) {
    return with(newLayers, sizeBytes, discardBytes, wanted, index);
  }

  VolumeRecord with(
      List<Layer> newLayers, long newSizeBytes, long newDiscardBytes, long newWanted, long index) {
    return new VolumeRecord(
        number,
        id,
        name,
        newSizeBytes,
        pool,
        redundancy,
        newLayers,
        origin,
        newDiscardBytes,
        newWanted,
        limits,
        conversion,
        owner,
        ownerIncarnation,
        epoch,
        index);
  }

  VolumeRecord converting(Conversion next, long newWanted, long index) {
    return with(next, origin, layers, newWanted, index);
  }

  /** It has all that it shows. */
  VolumeRecord whole(long index) {
    Layer only = Layer.first(live().number(), live().seed());
    return with(Conversion.NONE, 0, List.of(only), wanted, index);
  }

  private VolumeRecord with(
      Conversion next, long newOrigin, List<Layer> newLayers, long newWanted, long index) {
    return new VolumeRecord(
        number,
        id,
        name,
        sizeBytes,
        pool,
        redundancy,
        newLayers,
        newOrigin,
        discardBytes,
        newWanted,
        limits,
        next,
        owner,
        ownerIncarnation,
        epoch,
        index);
  }

  /** What stays behind when another volume takes its place: nobody finds or opens it. */
  VolumeRecord former(UUID newId, long successor, long index) {
    return new VolumeRecord(
        number,
        newId,
        FORMER + number,
        sizeBytes,
        pool,
        redundancy,
        layers,
        origin,
        discardBytes,
        0,
        VolumeLimits.NONE,
        Conversion.former(successor),
        owner,
        ownerIncarnation,
        epoch,
        index);
  }

  /** What takes its place: all of it is seen in a snapshot at first. */
  VolumeRecord successor(
      long newNumber, long layer, Conversion.Wish wish, long snapshot, long index) {
    return new VolumeRecord(
        newNumber,
        id,
        name,
        sizeBytes,
        pool,
        wish.redundancy(),
        List.of(new Layer(layer, wish.seed(), 0, 0, sizeBytes)),
        snapshot,
        0,
        0,
        limits,
        Conversion.NONE,
        owner,
        ownerIncarnation,
        0,
        index);
  }

  VolumeRecord limited(VolumeLimits newLimits, long index) {
    return new VolumeRecord(
        number,
        id,
        name,
        sizeBytes,
        pool,
        redundancy,
        layers,
        origin,
        discardBytes,
        wanted,
        newLimits,
        conversion,
        owner,
        ownerIncarnation,
        epoch,
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
      out.writeLong(layer.parent());
      out.writeLong(layer.sizeBytes());
      out.writeLong(layer.belowBytes());
    }
    out.writeLong(origin);
    out.writeLong(discardBytes);
    out.writeLong(wanted);
    limits.write(out);
    conversion.write(out);
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
      layers.add(
          new Layer(in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readLong()));
    }
    long origin = in.readLong();
    long discardBytes = in.readLong();
    long wanted = in.readLong();
    VolumeLimits limits = VolumeLimits.read(in);
    Conversion conversion = Conversion.read(in);
    String owner = in.readUTF();
    return new VolumeRecord(
        number,
        id,
        name,
        sizeBytes,
        pool,
        redundancy,
        layers,
        origin,
        discardBytes,
        wanted,
        limits,
        conversion,
        owner.isEmpty() ? Optional.empty() : Optional.of(new NodeId(owner)),
        in.readLong(),
        in.readLong(),
        in.readLong());
  }
}
