package io.aerie.sim;

import io.aerie.base.NodeId;
import io.aerie.engine.protocol.MalformedMessageException;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.MessageCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Carries messages as bytes. Fault model: any message may be lost, delayed, doubled and overtaken;
 * any direction between two nodes may be cut. A scenario may also hold messages of its choice back
 * and deliver them when it likes.
 */
public final class Network {
  /** Takes what arrives. */
  interface Receiver {
    void receive(NodeId from, Message message);
  }

  /** Chooses messages. */
  public interface Filter {
    /** Whether it is meant. */
    boolean matches(NodeId from, NodeId to, Message message);
  }

  private record Held(NodeId from, NodeId to, Message message) {}

  private final World world;
  private final TreeMap<NodeId, Receiver> receivers = new TreeMap<>();
  private final TreeSet<String> cuts = new TreeSet<>();
  private final TreeMap<String, Long> slowness = new TreeMap<>();
  private final TreeSet<NodeId> withoutBeats = new TreeSet<>();
  private final List<Filter> holds = new ArrayList<>();
  private final List<Filter> copies = new ArrayList<>();
  private final List<Filter> drops = new ArrayList<>();
  private final List<Held> held = new ArrayList<>();
  double loss;
  double doubling;
  double lateness;

  Network(World world) {
    this.world = world;
  }

  void connect(NodeId node, Receiver receiver) {
    receivers.put(node, receiver);
  }

  private static String direction(NodeId from, NodeId to) {
    return from.value() + '>' + to.value();
  }

  /** Nothing gets through one way. */
  public void cut(NodeId from, NodeId to) {
    cuts.add(direction(from, to));
  }

  /** Undoes {@link #cut}. */
  public void mend(NodeId from, NodeId to) {
    cuts.remove(direction(from, to));
  }

  /** Of what a node sends the beats are lost, and nothing else. */
  public void loseBeats(NodeId from) {
    withoutBeats.add(from);
  }

  /** Everything takes so much longer one way. */
  public void slow(NodeId from, NodeId to, long nanos) {
    slowness.put(direction(from, to), nanos);
  }

  /** Messages arrive twice that often. */
  public void doubleThem(double probability) {
    doubling = probability;
  }

  /** From now on such messages are kept back. */
  public void hold(Filter filter) {
    holds.add(filter);
  }

  /** From now on such messages go through, and a copy of each is kept back. */
  public void copy(Filter filter) {
    copies.add(filter);
  }

  /** From now on such messages are lost. */
  public void drop(Filter filter) {
    drops.add(filter);
  }

  /** Messages that are kept back and match. */
  public long held(Filter filter) {
    return held.stream().filter(m -> filter.matches(m.from, m.to, m.message)).count();
  }

  /** Such messages of those that are kept back arrive now, in their order. */
  public void deliver(Filter filter) {
    for (Iterator<Held> each = held.iterator(); each.hasNext(); ) {
      Held message = each.next();
      if (filter.matches(message.from, message.to, message.message)) {
        each.remove();
        arriveLater(0, message.from, message.to, message.message);
      }
    }
  }

  /** No message is kept back or lost by choice any more; those that were kept back arrive. */
  public void release() {
    holds.clear();
    copies.clear();
    drops.clear();
    deliver((from, to, message) -> true);
  }

  /** All links are whole. */
  public void heal() {
    cuts.clear();
    slowness.clear();
    withoutBeats.clear();
    loss = 0;
    doubling = 0;
    lateness = 0;
  }

  boolean open(NodeId from, NodeId to) {
    return cuts.isEmpty() || !cuts.contains(direction(from, to));
  }

  boolean bothWays(NodeId a, NodeId b) {
    return a.equals(b) || (open(a, b) && open(b, a));
  }

  void send(NodeId from, NodeId to, Message message) {
    if (message instanceof Message.Beat && withoutBeats.contains(from)) {
      return;
    }
    if (chosen(drops, from, to, message)) {
      return;
    }
    Message copy = throughTheWire(message);
    if (chosen(holds, from, to, message)) {
      held.add(new Held(from, to, copy));
      return;
    }
    if (chosen(copies, from, to, message)) {
      held.add(new Held(from, to, copy));
    }
    int times = world.chance(doubling) ? 2 : 1;
    for (int i = 0; i < times; i++) {
      if (!open(from, to) || world.chance(loss)) {
        continue;
      }
      long extra = slowness.isEmpty() ? 0 : slowness.getOrDefault(direction(from, to), 0L);
      arriveLater(delay() + extra, from, to, copy);
    }
  }

  private static boolean chosen(List<Filter> filters, NodeId from, NodeId to, Message message) {
    for (Filter filter : filters) {
      if (filter.matches(from, to, message)) {
        return true;
      }
    }
    return false;
  }

  private long delay() {
    if (world.chance(lateness)) {
      return world.between(5 * World.MILLISECOND, 700 * World.MILLISECOND);
    }
    return world.chance(0.04)
        ? world.between(300_000, 40 * World.MILLISECOND)
        : world.between(30_000, 300_000);
  }

  private void arriveLater(long delay, NodeId from, NodeId to, Message message) {
    world.at(
        delay,
        () -> {
          Receiver receiver = receivers.get(to);
          if (receiver != null && open(from, to)) {
            receiver.receive(from, message);
          }
        });
  }

  /** Encoded and decoded: what arrives shares no memory with what was sent. */
  private Message throughTheWire(Message message) {
    int bytes = 0;
    ByteBuffer[] parts = MessageCodec.encode(message);
    for (ByteBuffer part : parts) {
      bytes += part.remaining();
    }
    ByteBuffer frame = ByteBuffer.allocate(bytes);
    for (ByteBuffer part : parts) {
      frame.put(part);
    }
    world.note(bytes);
    try {
      return MessageCodec.decode(frame.flip());
    } catch (MalformedMessageException e) {
      throw new IllegalStateException(e);
    }
  }
}
