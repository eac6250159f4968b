package io.aerie.sim.scenario;

import io.aerie.base.NodeId;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.store.Change;
import io.aerie.sim.Network;
import io.aerie.sim.SimulatedNode;
import java.util.Optional;
import java.util.function.Predicate;

/** Chooses messages: {@code messages(Append.class).from(owner).to(third)}. */
record Messages(
    Class<? extends Message> kind,
    Optional<NodeId> sender,
    Optional<NodeId> receiver,
    Predicate<Message> condition)
    implements Network.Filter {
  static Messages messages(Class<? extends Message> kind) {
    return new Messages(kind, Optional.empty(), Optional.empty(), message -> true);
  }

  /** Entries that write this page of its block, or are sent together with one that does. */
  static Messages entriesOf(int pageInBlock) {
    return messages(Message.Append.class)
        .where(
            message ->
                ((Message.Append) message)
                    .entries().stream()
                        .anyMatch(
                            e ->
                                e.change() instanceof Change.Write write
                                    && write.firstPage() == pageInBlock));
  }

  /** Any entries. */
  static Messages entries() {
    return messages(Message.Append.class)
        .where(message -> !((Message.Append) message).entries().isEmpty());
  }

  /** Entries that bring a member's block up to date. */
  static Messages copies() {
    return messages(Message.Append.class)
        .where(
            message ->
                ((Message.Append) message)
                    .entries().stream().anyMatch(e -> e.change() instanceof Change.Copy));
  }

  /** What tells members that something is settled, and brings no entry. */
  static Messages bareWatermarks() {
    return messages(Message.Append.class)
        .where(message -> ((Message.Append) message).entries().isEmpty());
  }

  Messages from(SimulatedNode node) {
    return new Messages(kind, Optional.of(node.id), receiver, condition);
  }

  Messages to(SimulatedNode node) {
    return new Messages(kind, sender, Optional.of(node.id), condition);
  }

  Messages where(Predicate<Message> which) {
    return new Messages(kind, sender, receiver, condition.and(which));
  }

  @Override
  public boolean matches(NodeId from, NodeId to, Message message) {
    return kind.isInstance(message)
        && sender.map(from::equals).orElse(true)
        && receiver.map(to::equals).orElse(true)
        && condition.test(message);
  }
}
