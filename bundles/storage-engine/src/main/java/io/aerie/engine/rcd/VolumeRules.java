package io.aerie.engine.rcd;

import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.base.Names;
import io.aerie.base.NodeId;
import io.aerie.engine.rcd.RcdCommand.Attach;
import io.aerie.engine.rcd.RcdCommand.CreatePool;
import io.aerie.engine.rcd.RcdCommand.CreateVolume;
import io.aerie.engine.rcd.RcdCommand.DeleteVolume;
import io.aerie.engine.rcd.RcdCommand.Detach;
import io.aerie.engine.store.Geometry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** Pools, volumes, who owns them, and who has them open. */
final class VolumeRules {
  private final RcdTables tables;
  private final RcdRules rules;

  VolumeRules(RcdTables tables, RcdRules rules) {
    this.tables = tables;
    this.rules = rules;
  }

  RcdAnswer createPool(long index, CreatePool command) {
    Names.check("pool", command.name());
    Long known = tables.index().poolOfName.get(command.name());
    if (known != null) {
      if (tables.pools.get(known).id().equals(command.id())) {
        return RcdAnswer.done(known);
      }
      throw new AerieException(
          ErrorCode.ALREADY_EXISTS, "There is a pool '" + command.name() + "' already");
    }
    PoolRecord pool = PoolRecord.made(tables.nextNumber, command.id(), command.name(), index);
    List<DiskRecord> disks = rules.disksOf(pool);
    if (disks.isEmpty()) {
      throw new AerieException(
          ErrorCode.NOT_FOUND,
          "There are no disks for a pool '" + command.name() + "'",
          "A pool is made of the disks that were added under its name.",
          "Add disks under that name first.");
    }
    tables.takeNumber();
    tables.change(new RcdChange.Pool(pool));
    long free = rules.capacityBytes(pool);
    return new RcdAnswer(
        Optional.empty(),
        pool.number(),
        free,
        0,
        List.of("The pool has " + disks.size() + " disks, " + new ByteSize(free) + " raw."));
  }

  RcdAnswer createVolume(long index, CreateVolume command, GroupRules groups) {
    Names.check("volume", command.name());
    checkSize(command.sizeBytes());
    checkOffered(command.redundancy());
    RcdIndex known = tables.index();
    if (!known.poolOfName.containsKey(command.pool())) {
      throw RcdRules.notFound("pool", command.pool());
    }
    PoolRecord pool = tables.pools.get(known.poolOfName.get(command.pool()));
    Optional<VolumeRecord> made = made(command.id(), command.name());
    if (made.isPresent()) {
      return answer(made.get(), pool);
    }
    prepare(index, pool, command.redundancy(), command.sizeBytes(), "A volume");
    long number = tables.takeNumber();
    long layer = tables.takeNumber();
    VolumeRecord volume =
        new VolumeRecord(
            number,
            command.id(),
            command.name(),
            command.sizeBytes(),
            pool.number(),
            command.redundancy(),
            List.of(VolumeRecord.Layer.first(layer, command.seed())),
            0,
            0,
            0,
            VolumeLimits.NONE,
            Conversion.NONE,
            Optional.empty(),
            0,
            0,
            index);
    grant(index, volume, groups);
    return answer(tables.volumes.get(number), pool);
  }

  /** A volume that was made of that id before; refuses a name that another has. */
  Optional<VolumeRecord> made(UUID id, String name) {
    Long known = tables.index().volumeOfId.get(id);
    if (known != null) {
      return Optional.of(tables.volumes.get(known));
    }
    if (tables.index().volumeOfName.containsKey(name)) {
      throw new AerieException(
          ErrorCode.ALREADY_EXISTS, "There is a volume '" + name + "' already");
    }
    return Optional.empty();
  }

  VolumeRecord byId(UUID id) {
    Long number = tables.index().volumeOfId.get(id);
    if (number == null || tables.volumes.get(number).conversion().isFormer()) {
      throw RcdRules.notFound("volume", id);
    }
    return tables.volumes.get(number);
  }

  static void checkSize(long sizeBytes) {
    if (sizeBytes <= 0 || sizeBytes % Geometry.PAGE_BYTES != 0) {
      throw new AerieException(
          ErrorCode.INVALID_SIZE,
          sizeBytes + " bytes is not a size for a volume",
          "A size is a multiple of 4 KiB, above zero.",
          "");
    }
  }

  static void checkOffered(Redundancy redundancy) {
    if (!redundancy.offered()) {
      throw new AerieException(
          ErrorCode.INVALID_PROTECTION,
          "There is no protection " + redundancy,
          "This release knows rf2, rf3, and ecX+Y with X from 2 to 8 and Y from 1 to X.",
          "");
    }
  }

  /** Sees that a volume may be made in a pool, and that there are groups for it. */
  void prepare(long index, PoolRecord pool, Redundancy redundancy, long bytes, String what) {
    checkRoom(pool, redundancy, bytes, what);
    if (!tables.index().hasGroups(pool.number(), redundancy)) {
      makeGroups(index, pool, redundancy);
    }
  }

  /** Refuses what the pool's disks can't hold, or can't protect so. */
  void checkRoom(PoolRecord pool, Redundancy redundancy, long bytes, String what) {
    Topology topology = rules.topology(pool);
    if (!tables.index().hasGroups(pool.number(), redundancy)) {
      SortedMap<String, SortedSet<NodeId>> domains = new TreeMap<>();
      for (DiskRecord disk : rules.servingDisksOf(pool)) {
        domains.computeIfAbsent(topology.domain(disk), d -> new TreeSet<>()).add(disk.node());
      }
      if (domains.size() < redundancy.memberCount()) {
        throw impossible(
            redundancy,
            pool,
            "Pool " + pool.name() + " has disks in " + domains.size() + ": " + told(domains));
      }
    }
    SortedSet<String> up = domainsUp(pool, topology, redundancy.minimum());
    if (up.size() < redundancy.minimum()) {
      throw impossible(redundancy, pool, "Of the pool's disks only those in " + up + " are up.");
    }
    rules.requireRoom(pool, redundancy, bytes, what);
  }

  private static String told(SortedMap<String, SortedSet<NodeId>> domains) {
    List<String> each = new ArrayList<>();
    domains.forEach(
        (domain, nodes) ->
            each.add(domain.startsWith("node ") ? domain : domain + " with nodes " + nodes));
    return String.join(", ", each) + ".";
  }

  /** Domains with a disk that is up; no more than are asked for. */
  private SortedSet<String> domainsUp(PoolRecord pool, Topology topology, int atMost) {
    SortedSet<String> up = new TreeSet<>();
    for (NodeId node : tables.index().owners.withUpDisk(pool.name())) {
      for (UUID id : tables.index().disksOfNode.of(node)) {
        DiskRecord disk = tables.disks.get(id);
        if (up.size() < atMost && disk.up() && disk.pool().equals(pool.name())) {
          up.add(topology.domain(disk));
        }
      }
      if (up.size() >= atMost) {
        break;
      }
    }
    return up;
  }

  private static AerieException impossible(Redundancy redundancy, PoolRecord pool, String why) {
    String domains = pool.spread().name().toLowerCase(Locale.ROOT) + "s";
    return new AerieException(
        ErrorCode.PROTECTION_IMPOSSIBLE,
        redundancy + " needs disks in " + redundancy.memberCount() + " " + domains,
        why,
        "Add disks in further " + domains + ", or choose a lower protection.");
  }

  /** Members on disks that are down begin stale: they hold nothing of what is to come. */
  private void makeGroups(long index, PoolRecord pool, Redundancy redundancy) {
    List<DiskRecord> disks = rules.servingDisksOf(pool);
    int count = Placement.groupCount(disks.size());
    for (List<UUID> members :
        Placement.members(disks, rules.topology(pool), redundancy.memberCount(), count)) {
      SortedSet<UUID> inSync = new TreeSet<>();
      TreeMap<UUID, Long> stale = new TreeMap<>();
      for (UUID member : members) {
        if (tables.disks.get(member).up()) {
          inSync.add(member);
        } else {
          stale.put(member, 1L);
        }
      }
      // Nothing was ever acknowledged, so a group that begins without its minimum waits for all.
      boolean frozen = inSync.size() < redundancy.minimum();
      SortedSet<UUID> eligible = frozen ? new TreeSet<>(stale.keySet()) : new TreeSet<>();
      tables.change(
          new RcdChange.Group(
              new GroupRecord(
                  tables.takeNumber(),
                  pool.number(),
                  redundancy,
                  members,
                  inSync,
                  new TreeSet<>(),
                  frozen ? new TreeMap<>() : stale,
                  eligible,
                  frozen,
                  Optional.empty(),
                  new TreeSet<>(),
                  1,
                  index)));
    }
  }

  private RcdAnswer answer(VolumeRecord volume, PoolRecord pool) {
    long free = rules.capacityBytes(pool) - rules.reservedBytes(pool);
    int tolerated = volume.redundancy().parityCount();
    String domain = pool.spread().name().toLowerCase(Locale.ROOT);
    List<String> explanation = new ArrayList<>();
    explanation.add(
        (volume.redundancy().striped()
                ? volume.redundancy().memberCount() + " fragments"
                : volume.redundancy().memberCount() + " copies")
            + " on different "
            + domain
            + "s: any "
            + tolerated
            + (tolerated == 1 ? " " + domain : " " + domain + "s")
            + " may fail without loss of data.");
    explanation.add(
        new ByteSize(rules.availableBytes(pool, volume.redundancy()))
            + " more fit into the pool with "
            + volume.redundancy()
            + ".");
    return new RcdAnswer(Optional.empty(), volume.number(), free, tolerated, explanation);
  }

  RcdAnswer deleteVolume(long index, DeleteVolume command, GroupRules groups) {
    VolumeRecord volume = byId(command.id());
    requireRevision(volume, command.expectedRevision());
    requireClosed(volume);
    List<String> snapshots =
        tables.index().snapshots.ofVolume(volume.number()).stream()
            .filter(number -> number != volume.wanted() || volume.conversion().wish().isEmpty())
            .map(number -> tables.snapshots.get(number).name())
            .toList();
    if (!snapshots.isEmpty()) {
      throw new AerieException(
          ErrorCode.IN_USE,
          "Volume '" + volume.name() + "' has snapshots",
          "They are part of it: " + String.join(", ", snapshots) + ".",
          "Delete them first.");
    }
    PoolRecord pool = tables.pools.get(volume.pool());
    tables.change(new RcdChange.VolumeDeleted(volume.number()));
    groups.removePending(index, volume);
    long free = rules.capacityBytes(pool) - rules.reservedBytes(pool);
    return new RcdAnswer(Optional.empty(), volume.number(), free, 0, List.of());
  }

  static void requireRevision(VolumeRecord volume, long expected) {
    if (expected >= 0 && expected != volume.revision()) {
      throw RcdRules.precondition(
          "Volume '" + volume.name() + "' has changed",
          "Its revision is " + volume.revision() + ", not " + expected + ".");
    }
  }

  void requireClosed(VolumeRecord volume) {
    SortedSet<Long> open = tables.index().attachmentsOfVolume.of(volume.number());
    if (!open.isEmpty()) {
      AttachmentRecord attachment = tables.attachments.get(open.first());
      throw new AerieException(
          ErrorCode.IN_USE,
          "Volume '" + volume.name() + "' is open",
          "Client: " + attachment.client() + " on node " + attachment.node() + ".",
          "Close it there first.");
    }
  }

  RcdAnswer attach(long index, Attach command, long volume) {
    Long known = tables.index().attachmentOfSession.get(command.session());
    if (known != null) {
      return RcdAnswer.done(known);
    }
    if (!tables.volumes.containsKey(volume)) {
      throw RcdRules.notFound("volume", volume);
    }
    NodeRecord node = tables.nodes.get(command.node());
    if (node == null || node.incarnation() != command.incarnation() || !node.serves()) {
      throw new AerieException(
          ErrorCode.FENCED,
          "Incarnation " + command.incarnation() + " of node " + command.node() + " is over");
    }
    long generation = tables.takeNumber();
    tables.change(
        new RcdChange.Attached(
            new AttachmentRecord(
                generation,
                volume,
                command.node(),
                command.incarnation(),
                command.session(),
                command.client(),
                command.nexus(),
                index)));
    return RcdAnswer.done(generation);
  }

  RcdAnswer detach(Detach command) {
    AttachmentRecord attachment = tables.attachments.get(command.generation());
    if (attachment != null) {
      tables.change(new RcdChange.Detached(attachment));
    }
    return RcdAnswer.done(command.generation());
  }

  /** A new epoch under the same owner, if it lives. */
  void regrant(long index, VolumeRecord volume, GroupRules groups) {
    Optional<NodeRecord> owner =
        volume
            .owner()
            .map(tables.nodes::get)
            .filter(n -> n.incarnation() == volume.ownerIncarnation())
            .filter(n -> n.state() != NodeState.DOWN);
    put(index, volume, owner.isPresent() ? owner : choose(volume), groups);
  }

  /** A new owner: the node with a disk of the pool, else any, that owns least; then by name. */
  void grant(long index, VolumeRecord volume, GroupRules groups) {
    put(index, volume, choose(volume), groups);
  }

  private void put(long index, VolumeRecord volume, Optional<NodeRecord> owner, GroupRules groups) {
    VolumeRecord granted = volume.granted(owner, index);
    tables.change(new RcdChange.Volume(granted));
    groups.addPending(granted);
  }

  private Optional<NodeRecord> choose(VolumeRecord volume) {
    return tables
        .index()
        .owners
        .least(tables.pools.get(volume.pool()).name())
        .map(tables.nodes::get);
  }
}
