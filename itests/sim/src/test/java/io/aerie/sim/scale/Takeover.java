package io.aerie.sim.scale;

import io.aerie.base.NodeId;
import io.aerie.engine.node.Environment;
import io.aerie.engine.node.StorageNode;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.rcd.GroupRecord;
import io.aerie.engine.rcd.RcdChange;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.store.Completion;
import io.aerie.engine.store.Point;
import io.aerie.engine.store.StreamKey;
import io.aerie.engine.store.StreamState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One new owner, the real node, takes over what RCD granted it. All others answer at once as
 * members of volumes that were written everywhere and have nothing in doubt.
 */
final class Takeover implements Environment {
  private final RcdState members;
  private final ArrayDeque<Runnable> due = new ArrayDeque<>();
  private final TreeMap<String, Integer> sent = new TreeMap<>();
  private final StorageNode node;

  /** A node as it was before the death, with all that it owns settled. */
  Takeover(NodeId self, RcdState before) {
    members = before;
    node = new StorageNode(this, self, 1, before.copy(), why -> {});
    node.start();
    run();
  }

  /** What it sends, by kind of message, when it learns of the death; answers come back to each. */
  Map<String, Integer> learns(long index, List<RcdChange> changes) {
    sent.clear();
    node.onRcdApplied(index, changes);
    run();
    sent.remove("Beat");
    return sent;
  }

  int owned() {
    return node.status().ownedVolumes();
  }

  private void run() {
    while (!due.isEmpty()) {
      due.remove().run();
    }
  }

  @Override
  public void send(NodeId to, Message message) {
    sent.merge(message.getClass().getSimpleName(), 1, Integer::sum);
    if (message instanceof Message.Seal m) {
      due.add(() -> node.onMessage(to, sealed(m)));
    } else if (message instanceof Message.BaseRequest m) {
      due.add(
          () ->
              node.onMessage(
                  to, new Message.BaseAnswer(m.request(), Message.Status.DONE, List.of())));
    }
  }

  private Message.SealAnswer sealed(Message.Seal seal) {
    List<Message.SealedDisk> disks = new ArrayList<>();
    Point last = new Point(seal.epoch() - 1, 7);
    for (Message.Target target : seal.targets()) {
      List<StreamState> streams = new ArrayList<>();
      for (GroupRecord group : groups(seal.volume())) {
        if (group.members().contains(target.disk())) {
          StreamKey key = new StreamKey(seal.volume(), group.number());
          streams.add(new StreamState(key, last, last, List.of(last)));
        }
      }
      disks.add(new Message.SealedDisk(target, Message.Status.DONE, streams));
    }
    return new Message.SealAnswer(seal.request(), seal.volume(), seal.epoch(), disks);
  }

  private List<GroupRecord> groups(long volume) {
    var of = members.volume(volume).orElseThrow();
    return members.groupsOf(of.pool(), of.redundancy());
  }

  @Override
  public Cancellable schedule(long delayNanos, Runnable task) {
    if (delayNanos == 0) {
      due.add(task);
    }
    return () -> {};
  }

  @Override
  public long nowNanos() {
    return 1;
  }

  @Override
  public long wallMillis() {
    return 1;
  }

  @Override
  public void submitToRcd(byte[] command, Completion<byte[]> done) {}

  @Override
  public boolean rcdLeader() {
    return false;
  }

  @Override
  public long random() {
    return 1;
  }

  @Override
  public void event(String text) {}

  @Override
  public void defect(String text) {
    throw new IllegalStateException(text);
  }
}
