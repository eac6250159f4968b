package io.aerie.engine.rcd;

import io.aerie.base.NodeId;
import io.aerie.storage.reservation.Nexus;
import io.aerie.storage.reservation.ReservationRequest;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What can be asked of RCD. Every command may be applied twice without harm: ids are the caller's,
 * or the command says from what it departs.
 */
public sealed interface RcdCommand {
  /** A new life of a node begins; the former one ends with it, as by {@link Expire}. */
  record JoinNode(NodeId node, String endpoint, long incarnation, UUID life)
      implements RcdCommand {}

  /**
   * Voters shall no longer answer the beats of this incarnation. The RCD index of this command
   * names the suspicion.
   */
  record Suspect(NodeId node, long incarnation) implements RcdCommand {}

  /** A voter no longer does; its last answer is that old. */
  record SuspectAcknowledged(
      NodeId voter, NodeId node, long incarnation, long suspicion, long ageNanos)
      implements RcdCommand {}

  /** The suspected node was heard again: voters may answer it as before. */
  record Trust(NodeId node, long incarnation, long suspicion) implements RcdCommand {}

  /**
   * The incarnation's lease is over: fences it, marks its members, grants its volumes. It names the
   * suspicion for which the waiting was done: after a {@link Trust} the node may hold a new lease,
   * and a late command from before must not end it.
   */
  record Expire(NodeId node, long incarnation, long suspicion) implements RcdCommand {}

  /** The node itself says that its life is over: it has stopped serving, nobody need wait. */
  record LeaveNode(NodeId node, long incarnation) implements RcdCommand {}

  /**
   * A node is to leave the cluster for good: from now on it gets no life, disk, volume or
   * attachment; its present life ends itself. It names that life, so that a late repetition means
   * no node that took the name again.
   */
  record RetireNode(NodeId node, long incarnation) implements RcdCommand {}

  /**
   * The last life of a node that is to leave is over since a lease's time: its answers to beats and
   * its reports count no more. It is still known, so that it gets no new life.
   */
  record EndVote(NodeId node, long incarnation) implements RcdCommand {}

  /** A node that was to leave is gone: it votes no more, and a new one may take its name. */
  record ForgetNode(NodeId node, long incarnation) implements RcdCommand {}

  /** A new disk of a node, for the pool of that name. */
  record AddDisk(
      UUID disk,
      NodeId node,
      long incarnation,
      String path,
      long capacityBytes,
      long generation,
      String pool)
      implements RcdCommand {}

  /** A known disk was opened again, under a higher generation. */
  record BringDisk(
      UUID disk, NodeId node, long incarnation, String path, long capacityBytes, long generation)
      implements RcdCommand {}

  /** A disk failed while its node lives. */
  record DiskFailed(UUID disk, NodeId node, long incarnation, long generation)
      implements RcdCommand {}

  /** Makes a pool of the disks added under its name. */
  record CreatePool(UUID id, String name) implements RcdCommand {}

  /** Makes a volume; the seed places its first layer. */
  record CreateVolume(
      UUID id, String name, long sizeBytes, String pool, Redundancy redundancy, long seed)
      implements RcdCommand {}

  /** Deletes a volume; a revision of -1 stands for any. */
  record DeleteVolume(UUID id, long expectedRevision) implements RcdCommand {}

  /** A client opens a volume, an initiator's by its nexus. Answers the generation. */
  record Attach(
      long volume,
      NodeId node,
      long incarnation,
      UUID session,
      String client,
      Optional<Nexus> nexus)
      implements RcdCommand {
    /** For a client that is no initiator. */
    public Attach(long volume, NodeId node, long incarnation, UUID session, String client) {
      this(volume, node, incarnation, session, client, Optional.empty());
    }
  }

  /** A client closed a volume. */
  record Detach(long generation) implements RcdCommand {}

  /** The owner of a volume brought a rebuilding disk up to date with it. */
  record ResynchronisationDone(
      long volume, long volumeEpoch, long group, long groupEpoch, UUID disk, long copiedBytes)
      implements RcdCommand {}

  /** Where a node stands; empty names are not known. */
  record LocateNode(NodeId node, String rack, String site) implements RcdCommand {}

  /** No two members of a group of the pool shall be in one failure domain of that level. */
  record SpreadPool(UUID pool, FailureDomain level) implements RcdCommand {}

  /** How fast a disk was measured to be, 100 as its peers. */
  record MeasureDisk(UUID disk, int speedPercent) implements RcdCommand {}

  /**
   * Frozen groups that needn't wait any longer for members that are away: those in sync tell alone
   * what is kept. Only groups that have that epoch, and of which a disk can be rebuilt.
   *
   * @param epochs of groups, by their numbers
   */
  record GoOnAlone(SortedMap<Long, Long> epochs) implements RcdCommand {
    public GoOnAlone {
      epochs = Collections.unmodifiableSortedMap(new TreeMap<>(epochs));
    }
  }

  /**
   * Groups whose complete members are lost for good go on with a copy that lacks their newest
   * writes; all of them or none. Where the copy is in sync already that is done.
   *
   * @param copies what is taken, by the group's number
   */
  record AcceptStale(SortedMap<Long, Copy> copies) implements RcdCommand {
    /**
     * A copy that is taken.
     *
     * @param epoch of the group as its administrator saw it
     * @param disk a member that is stale or being rebuilt
     */
    public record Copy(long epoch, UUID disk) {}

    public AcceptStale {
      copies = Collections.unmodifiableSortedMap(new TreeMap<>(copies));
    }
  }

  /** What disks are meant for from now on, all of them or none. */
  record AssignDuty(List<UUID> disks, DiskDuty duty) implements RcdCommand {
    public AssignDuty {
      disks = List.copyOf(disks);
    }
  }

  /**
   * Moves members until the pool's disks have what they are due, or ends that: what has moved stays
   * where it is.
   */
  record RebalancePool(UUID pool, boolean cancel) implements RcdCommand {}

  /**
   * A disk has nothing any more of a group that it left. It names the opening in which that was
   * deleted, and the group as it was seen then: of what the disk got since nothing is said.
   */
  record GroupEmptied(UUID disk, long generation, long group, long groupEpoch)
      implements RcdCommand {}

  /** Whether a pool is to be rebalanced without being asked for. */
  record AssignBalance(UUID pool, BalancePolicy policy) implements RcdCommand {}

  /**
   * Wants a snapshot of a volume. It is made when the volume's owner has drained: answers its
   * number, not that it is there.
   */
  record CreateSnapshot(UUID id, String name, UUID volume) implements RcdCommand {}

  /**
   * The owner has drained all that was numbered: the live layer is frozen as the wanted snapshot
   * and the next one opened (H12).
   */
  record Freeze(long volume, long volumeEpoch, long snapshot, long layer) implements RcdCommand {}

  /** Deletes a snapshot; its layer is folded or emptied by the volume's owner. */
  record DeleteSnapshot(UUID id) implements RcdCommand {}

  /**
   * Nothing is left of a layer: what was seen of it is in the one that stood on it.
   *
   * @param into that one; 0 when none stood on it
   */
  record LayerDone(long volume, long volumeEpoch, long layer, long into) implements RcdCommand {}

  /** Takes a volume back to a snapshot. It departs from a revision, so that it happens once. */
  record RevertVolume(UUID volume, UUID snapshot, long expectedRevision) implements RcdCommand {}

  /**
   * Makes a volume that begins as a snapshot of another; the seed places its own layer.
   *
   * @param redundancy may be another one than the snapshot's
   */
  record CloneSnapshot(UUID id, String name, UUID snapshot, Redundancy redundancy, long seed)
      implements RcdCommand {}

  /**
   * Wants another protection of a volume. Its owner drains, as for a snapshot, and {@link Freeze}
   * puts a volume of that protection in its place, which is filled then. A revision of -1 stands
   * for any.
   *
   * @param former id of what stays behind until then
   * @param seed of the new placement
   */
  record ConvertVolume(
      UUID id, Redundancy redundancy, UUID former, long seed, long expectedRevision)
      implements RcdCommand {}

  /** A conversion that was not begun yet is not wanted any more. */
  record CancelConversion(UUID id) implements RcdCommand {}

  /** So many places of a successor, from the first on, need the former volume no more. */
  record ConversionFilled(long volume, long volumeEpoch, long places) implements RcdCommand {}

  /** A successor has all in its layer: what it was made of goes. */
  record ConversionDone(long volume, long volumeEpoch, long layer) implements RcdCommand {}

  /** Another size; a smaller one only by force. A revision of -1 stands for any. */
  record ResizeVolume(UUID id, long sizeBytes, boolean force, long expectedRevision)
      implements RcdCommand {}

  /** The owner has emptied what was cut off. */
  record Discarded(long volume, long volumeEpoch) implements RcdCommand {}

  /**
   * What a volume's clients may ask of it from now on; what is {@link VolumeLimits#KEEP} stays. A
   * revision of -1 stands for any.
   */
  record LimitVolume(UUID id, VolumeLimits change, long expectedRevision) implements RcdCommand {}

  /** About reservations. */
  sealed interface ReservationCommand extends RcdCommand {}

  /**
   * An initiator asks to change a volume's reservations. Answers the RCD index at which it was
   * decided, also when it was refused: how is in the {@link ReservationRecord}.
   *
   * @param generation of the initiator's attachment
   * @param number counted by the attachment from 1: one at a time, a repetition has the same
   */
  record ChangeReservation(long generation, long number, ReservationRequest request)
      implements ReservationCommand {}

  /**
   * An administrator clears a volume's reservation and registrations. Where there are none that is
   * done already. Answers the RCD index at which it was done.
   *
   * @param force also if one of those who lose theirs has the volume open
   * @param expectedRevision of the reservations; -1 is any
   */
  record ClearReservation(UUID volume, boolean force, long expectedRevision)
      implements ReservationCommand {}

  /** About scrubs, and about what disks hold of volumes that are not known. */
  sealed interface ScrubCommand extends RcdCommand {}

  /** All blocks of volumes are to be looked at. Answers the job's number. */
  record StartScrub(UUID id, ScrubJobRecord.Scope scope, long subject, long startedAtMs)
      implements ScrubCommand {}

  /** Holds a scrub, lets it go on, or ends it. */
  record ControlScrub(long job, Action action) implements ScrubCommand {
    /** What is to become of it. The order is in commands. */
    public enum Action {
      PAUSE,
      RESUME,
      CANCEL
    }
  }

  /** The owner of a volume looked at so much of it, or at all. */
  record ReportScrub(
      long volume, long volumeEpoch, long job, ScrubRecord.Counts counts, boolean done, long atMs)
      implements ScrubCommand {}

  /** What disks hold of a volume that is not known may go. */
  record ForgetVolume(long volume) implements ScrubCommand {}
}
