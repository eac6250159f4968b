package io.aerie.engine.rcd;

import io.aerie.base.NodeId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Collection;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The whole state as bytes.
 *
 * <pre>
 * u8 version=8 | i64 next number | nodes | disks | pools | groups | volumes | deleted volumes (i64) |
 * attachments | targets: i64 group, uuid disk, volumes (i64) | jobs | snapshots of volumes |
 * scrubs | scrub jobs | former nodes: utf node, i64 last incarnation |
 * reservations
 * each list: i32 count, then its records in the order of their keys
 * </pre>
 */
final class RcdSnapshot {
  private static final int VERSION = 8;

  private RcdSnapshot() {}

  private interface Writer<T> {
    void write(T record, DataOutput out) throws IOException;
  }

  private interface Reader {
    void readOne() throws IOException;
  }

  static void write(RcdTables tables, DataOutput out) throws IOException {
    out.writeByte(VERSION);
    out.writeLong(tables.nextNumber);
    list(tables.nodes.values(), NodeRecord::write, out);
    list(tables.disks.values(), DiskRecord::write, out);
    list(tables.pools.values(), PoolRecord::write, out);
    list(tables.groups.values(), GroupRecord::write, out);
    list(tables.volumes.values(), VolumeRecord::write, out);
    list(tables.deletedVolumes, (volume, o) -> o.writeLong(volume), out);
    list(tables.attachments.values(), AttachmentRecord::write, out);
    list(
        tables.pending.entrySet(),
        (entry, o) -> {
          o.writeLong(entry.getKey().group());
          RcdFormat.writeUuid(o, entry.getKey().disk());
          list(entry.getValue(), (volume, p) -> p.writeLong(volume), o);
        },
        out);
    list(tables.jobs.values(), JobRecord::write, out);
    list(tables.snapshots.values(), SnapshotRecord::write, out);
    list(tables.scrubs.values(), ScrubRecord::write, out);
    list(tables.scrubJobs.values(), ScrubJobRecord::write, out);
    list(
        tables.formerNodes.entrySet(),
        (former, o) -> {
          o.writeUTF(former.getKey().value());
          o.writeLong(former.getValue());
        },
        out);
    list(tables.reservations.values(), ReservationRecord::write, out);
  }

  static void read(RcdTables tables, DataInput in) throws IOException {
    int version = in.readByte();
    if (version != VERSION) {
      throw new IOException("RCD snapshot of unknown version " + version);
    }
    tables.clear();
    tables.nextNumber = in.readLong();
    list(in, () -> tables.change(new RcdChange.Node(NodeRecord.read(in))));
    list(in, () -> tables.change(new RcdChange.Disk(DiskRecord.read(in))));
    list(in, () -> tables.change(new RcdChange.Pool(PoolRecord.read(in))));
    list(in, () -> tables.change(new RcdChange.Group(GroupRecord.read(in))));
    list(in, () -> tables.change(new RcdChange.Volume(VolumeRecord.read(in))));
    list(in, () -> tables.deletedVolumes.add(in.readLong()));
    list(in, () -> tables.change(new RcdChange.Attached(AttachmentRecord.read(in))));
    list(
        in,
        () -> {
          long group = in.readLong();
          UUID disk = RcdFormat.readUuid(in);
          TreeSet<Long> volumes = new TreeSet<>();
          list(in, () -> volumes.add(in.readLong()));
          tables.pending.put(new RcdTables.Target(group, disk), volumes);
        });
    list(in, () -> tables.change(new RcdChange.Job(JobRecord.read(in))));
    list(in, () -> tables.change(new RcdChange.Snapshot(SnapshotRecord.read(in))));
    list(in, () -> tables.change(new RcdChange.Scrub(ScrubRecord.read(in))));
    list(in, () -> tables.change(new RcdChange.ScrubJob(ScrubJobRecord.read(in))));
    list(in, () -> tables.formerNodes.put(new NodeId(in.readUTF()), in.readLong()));
    list(
        in,
        () -> {
          ReservationRecord of = ReservationRecord.read(in);
          tables.reservations.put(of.volume(), of);
        });
    tables.takeChanges();
  }

  private static <T> void list(Collection<T> records, Writer<T> writer, DataOutput out)
      throws IOException {
    out.writeInt(records.size());
    for (T record : records) {
      writer.write(record, out);
    }
  }

  private static void list(DataInput in, Reader reader) throws IOException {
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      reader.readOne();
    }
  }
}
