package io.aerie.engine.owner;

import io.aerie.base.NodeId;
import io.aerie.engine.node.NodeContext;
import io.aerie.engine.node.NodeStatus.Resynchronisation;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.Message.AppendAnswer;
import io.aerie.engine.protocol.Message.ClientRequest;
import io.aerie.engine.rcd.AttachmentRecord;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.VolumeRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The volumes that this incarnation owns. */
public final class Owner {
  private final NodeContext context;
  private final Credits credits;
  private final IdleWatermarks idleWatermarks;
  private final OwnerCounters counters = new OwnerCounters();
  private final TreeMap<Long, OwnedVolume> volumes = new TreeMap<>();
  private final Scrubber scrubber;

  /** An owner of nothing. */
  public Owner(NodeContext context) {
    this.context = context;
    scrubber = new Scrubber(context, volumes);
    credits = new Credits(() -> context.rcd().nodes().size());
    idleWatermarks = new IdleWatermarks(context, credits);
  }

  /** Begins to look at volumes when RCD wants that. */
  public void start() {
    scrubber.start();
  }

  /** RCD has this volume so: takes it over, settles it anew, or lets it go. */
  public void onVolume(VolumeRecord record) {
    boolean mine =
        record.owner().filter(context.self()::equals).isPresent()
            && record.ownerIncarnation() == context.incarnation();
    OwnedVolume known = volumes.get(record.number());
    if (!mine) {
      drop(record.number());
    } else if (known == null) {
      context.event("owns volume " + record.number() + " under epoch " + record.epoch());
      volumes.put(
          record.number(), new OwnedVolume(context, credits, idleWatermarks, counters, record));
    } else if (known.record().epoch() < record.epoch()) {
      context.event("settles volume " + record.number() + " under epoch " + record.epoch());
      known.begin(record);
    } else {
      known.changed(record);
    }
  }

  /** Lets a volume go. */
  public void drop(long volume) {
    OwnedVolume known = volumes.remove(volume);
    if (known != null) {
      known.stop();
    }
  }

  /** RCD changed what is pending in a group for one volume. */
  public void onPending(GroupRecord group, long number) {
    OwnedVolume volume = volumes.get(number);
    if (volume != null) {
      follow(volume, group);
    }
  }

  /** RCD changed a group. */
  public void onGroup(GroupRecord group) {
    for (OwnedVolume volume : List.copyOf(volumes.values())) {
      if (group.serves(volume.record())) {
        follow(volume, group);
      }
    }
  }

  private void follow(OwnedVolume volume, GroupRecord group) {
    if (volume.rolledBack(group)) {
      takeAnew(volume.record());
    } else {
      volume.onGroup(group);
    }
  }

  /** What is in memory was true of what was lost: it must not be built upon. */
  private void takeAnew(VolumeRecord record) {
    context.event("takes volume " + record.number() + " anew: a stale copy was accepted");
    drop(record.number());
    onVolume(record);
  }

  /** An attachment ended. */
  public void onDetached(AttachmentRecord attachment) {
    OwnedVolume volume = volumes.get(attachment.volume());
    if (volume != null) {
      volume.detached(attachment.generation());
    }
  }

  /** A client's request; refused when this node is not the owner. */
  public void onRequest(NodeId from, ClientRequest request) {
    OwnedVolume volume = volumes.get(request.volume());
    if (volume == null) {
      Session.refuse(context, from, request, 0);
    } else {
      volume.onRequest(from, request);
    }
  }

  /** A question for a snapshot's pages; refused when this node does not own its volume. */
  public void onOrigin(NodeId from, Message.OriginRequest request) {
    OwnedVolume volume = volumes.get(request.volume());
    if (volume == null) {
      OriginRead.refuse(context, from, request);
    } else {
      volume.onOrigin(from, request);
    }
  }

  /** A question for a snapshot's units; refused when this node does not own its volume. */
  public void onExtents(NodeId from, Message.ExtentsRequest request) {
    OwnedVolume volume = volumes.get(request.volume());
    if (volume == null) {
      SnapshotExtents.refuse(context, from, request);
    } else {
      volume.onExtents(from, request);
    }
  }

  /** A question for reservations; refused when this node does not own the volume. */
  public void onReservation(NodeId from, Message.ReservationQuestion question) {
    OwnedVolume volume = volumes.get(question.volume());
    if (volume == null) {
      context.send(
          from, new Message.ReservationAnswer(question.request(), Message.Status.REFUSED, 0));
    } else {
      volume.onReservation(from, question);
    }
  }

  /** A member's answer to entries. */
  public void onAppendAnswer(AppendAnswer answer) {
    OwnedVolume volume = volumes.get(answer.stream().volume());
    if (volume != null) {
      volume.onAppendAnswer(answer);
    }
  }

  /** Ends everything; nothing is answered any more. */
  public void stop() {
    List.copyOf(volumes.keySet()).forEach(this::drop);
  }

  public OwnerCounters counters() {
    return counters;
  }

  public int owned() {
    return volumes.size();
  }

  /** Volumes that are not yet served everywhere. */
  public int settling() {
    return (int) volumes.values().stream().filter(v -> !v.settled()).count();
  }

  /** What is being brought up to date. */
  public List<Resynchronisation> resynchronisations() {
    List<Resynchronisation> of = new ArrayList<>();
    for (OwnedVolume volume : volumes.values()) {
      for (GroupStream stream : volume.streams()) {
        for (Returner returner : stream.returners()) {
          of.add(
              new Resynchronisation(
                  volume.number(), stream.key().group(), returner.disk(), returner.blocksLeft()));
        }
      }
    }
    return of;
  }
}
