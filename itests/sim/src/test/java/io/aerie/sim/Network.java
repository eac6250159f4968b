package io.aerie.sim;

import io.aerie.base.NodeId;
import io.aerie.engine.protocol.MalformedMessageException;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.protocol.MessageCodec;
import java.nio.ByteBuffer;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Carries messages as bytes. Fault model: any message may be lost, delayed, doubled and overtaken;
 * any direction between two nodes may be cut.
 */
final class Network {
  /** Takes what arrives. */
  interface Receiver {
    void receive(NodeId from, Message message);
  }

  private final World world;
  private final TreeMap<NodeId, Receiver> receivers = new TreeMap<>();
  private final TreeSet<String> cuts = new TreeSet<>();
  private final TreeMap<String, Long> slowness = new TreeMap<>();
  private final TreeSet<NodeId> withoutBeats = new TreeSet<>();
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
    return from + ">" + to;
  }

  void cut(NodeId from, NodeId to) {
    cuts.add(direction(from, to));
  }

  void mend(NodeId from, NodeId to) {
    cuts.remove(direction(from, to));
  }

  /** Of what a node sends the beats are lost, and nothing else. */
  void loseBeats(NodeId from) {
    withoutBeats.add(from);
  }

  /** Everything takes so much longer one way. */
  void slow(NodeId from, NodeId to, long nanos) {
    slowness.put(direction(from, to), nanos);
  }

  void heal() {
    cuts.clear();
    slowness.clear();
    withoutBeats.clear();
    loss = 0;
    doubling = 0;
    lateness = 0;
  }

  boolean open(NodeId from, NodeId to) {
    return !cuts.contains(direction(from, to));
  }

  boolean bothWays(NodeId a, NodeId b) {
    return a.equals(b) || (open(a, b) && open(b, a));
  }

  void send(NodeId from, NodeId to, Message message) {
    if (message instanceof Message.Beat && withoutBeats.contains(from)) {
      return;
    }
    ByteBuffer frame = frame(message);
    int copies = world.chance(doubling) ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      if (!open(from, to) || world.chance(loss)) {
        continue;
      }
      long delay =
          world.chance(lateness)
              ? world.between(5 * World.MILLISECOND, 700 * World.MILLISECOND)
              : world.chance(0.04)
                  ? world.between(300_000, 40 * World.MILLISECOND)
                  : world.between(30_000, 300_000);
      world.at(
          delay + slowness.getOrDefault(direction(from, to), 0L),
          () -> {
            Receiver receiver = receivers.get(to);
            if (receiver != null && open(from, to)) {
              receiver.receive(from, decode(frame.duplicate()));
            }
          });
    }
  }

  private static ByteBuffer frame(Message message) {
    int bytes = 0;
    ByteBuffer[] parts = MessageCodec.encode(message);
    for (ByteBuffer part : parts) {
      bytes += part.remaining();
    }
    ByteBuffer frame = ByteBuffer.allocate(bytes);
    for (ByteBuffer part : parts) {
      frame.put(part);
    }
    return frame.flip();
  }

  private static Message decode(ByteBuffer frame) {
    try {
      return MessageCodec.decode(frame);
    } catch (MalformedMessageException e) {
      throw new IllegalStateException(e);
    }
  }
}
