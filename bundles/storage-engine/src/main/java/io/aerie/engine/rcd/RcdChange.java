package io.aerie.engine.rcd;

import io.aerie.base.NodeId;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationOutcome.Attention;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * One record that a command changed, as it is afterwards. A mirror that applies them in order
 * equals the state they came from ({@link RcdState#mirror}).
 */
public sealed interface RcdChange {
  /** A node was changed. */
  record Node(NodeRecord node) implements RcdChange {}

  /** A node belongs to the cluster no more; the number of its last life is remembered. */
  record NodeForgotten(NodeId node, long incarnation) implements RcdChange {}

  /** A disk was changed. */
  record Disk(DiskRecord disk) implements RcdChange {}

  /** A pool was made. */
  record Pool(PoolRecord pool) implements RcdChange {}

  /** A group was made or changed. */
  record Group(GroupRecord group) implements RcdChange {}

  /** A volume was made or changed. */
  record Volume(VolumeRecord volume) implements RcdChange {}

  /** A volume was deleted; its number is remembered. */
  record VolumeDeleted(long volume) implements RcdChange {}

  /** A snapshot was wanted or made. */
  record Snapshot(SnapshotRecord snapshot) implements RcdChange {}

  /** A snapshot was deleted. */
  record SnapshotDeleted(long snapshot) implements RcdChange {}

  /** A client attached, or its attachment is to the volume that took its volume's place. */
  record Attached(AttachmentRecord attachment) implements RcdChange {}

  /** An attachment ended, and with it what it was asked and got by RESERVE(6). */
  record Detached(AttachmentRecord attachment) implements RcdChange {}

  /** A volume's reservations were changed; whom that is to be told. */
  record Reservation(ReservationRecord reservation, SortedMap<Nexus, Attention> attentions)
      implements RcdChange {
    /** Nobody is to be told. */
    static Reservation quiet(ReservationRecord reservation) {
      return new Reservation(reservation, new TreeMap<>());
    }
  }

  /** A volume must still be resynchronised to a rebuilding disk, or need no longer be. */
  record Pending(long group, UUID disk, long volume, boolean pending) implements RcdChange {}

  /** A job was begun, went on or ended. */
  record Job(JobRecord job) implements RcdChange {}

  /** The next number of volumes, pools, groups, layers, jobs and generations. */
  record NextNumber(long next) implements RcdChange {}

  /** A volume's scrub was wanted, went on, ended or was called off. */
  record Scrub(ScrubRecord scrub) implements RcdChange {}

  /** Nothing is known of a volume's scrubs any more. */
  record ScrubForgotten(long volume) implements RcdChange {}

  /** A scrub was begun, went on or ended. */
  record ScrubJob(ScrubJobRecord job) implements RcdChange {}

  /** A scrub that ended long ago. */
  record ScrubJobForgotten(long number) implements RcdChange {}
}
