package io.aerie.engine.node;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.engine.code.ErasureCodes;
import io.aerie.engine.protocol.Message;
import io.aerie.engine.rcd.RcdAnswer;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdCommands;
import io.aerie.engine.rcd.RcdState;
import io.aerie.engine.store.Completion;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/**
 * What the parts of a node share: its identity, RCD's state, questions to others, and the end.
 * After {@link #end} nothing that was scheduled or asked comes back.
 */
public final class NodeContext {
  private final Environment environment;
  private final NodeId self;
  private final long incarnation;
  private final Map<Long, Completion<Message.Answer>> asked = new HashMap<>();
  private RcdState rcd;
  private Consumer<Message> ownMessages = message -> {};
  private BooleanSupplier lease = () -> false;
  private ErasureCodes codes;
  private long lastRequest;
  private boolean over;

  /** For the node alone. */
  NodeContext(Environment environment, NodeId self, long incarnation, RcdState rcd) {
    this.environment = environment;
    this.self = self;
    this.incarnation = incarnation;
    this.rcd = rcd;
  }

  void wire(Consumer<Message> messagesToSelf, BooleanSupplier leaseValid) {
    ownMessages = messagesToSelf;
    lease = leaseValid;
  }

  public NodeId self() {
    return self;
  }

  public long incarnation() {
    return incarnation;
  }

  /** RCD's state; never keep the reference, a snapshot replaces it. */
  public RcdState rcd() {
    return rcd;
  }

  void replaceRcd(RcdState state) {
    rcd = state;
  }

  public boolean over() {
    return over;
  }

  void end() {
    over = true;
    asked.clear();
  }

  public long now() {
    return environment.nowNanos();
  }

  public long wallMillis() {
    return environment.wallMillis();
  }

  public long random() {
    return environment.random();
  }

  public void event(String text) {
    environment.event(text);
  }

  public void defect(String text) {
    environment.defect(text);
  }

  /** Whether this incarnation may serve reads as an owner. */
  public boolean leaseValid() {
    return !over && lease.getAsBoolean();
  }

  /** Runs a task later, unless this incarnation ends before. */
  public Environment.Cancellable later(long delayNanos, Runnable task) {
    return environment.schedule(
        delayNanos,
        () -> {
          if (!over) {
            task.run();
          }
        });
  }

  /** A completion that is dropped when this incarnation is over. */
  public <T> Completion<T> whileAlive(Completion<T> done) {
    return (result, failure) -> {
      if (!over) {
        done.accept(result, failure);
      }
    };
  }

  /** Sends; the own node gets its messages by the loop like any other. */
  public void send(NodeId to, Message message) {
    if (over) {
      return;
    }
    if (to.equals(self)) {
      later(0, () -> ownMessages.accept(message));
    } else {
      environment.send(to, message);
    }
  }

  /**
   * Asks another node. Numbers of questions grow over an incarnation's life: members tell a late
   * repetition by them. Fails with TIMED_OUT.
   */
  public void ask(
      NodeId to,
      long timeoutNanos,
      LongFunction<Message> question,
      Completion<Message.Answer> done) {
    long request = ++lastRequest;
    Environment.Cancellable timer =
        later(
            timeoutNanos,
            () -> {
              if (asked.remove(request) != null) {
                done.accept(null, new AerieException(ErrorCode.TIMED_OUT, to + " does not answer"));
              }
            });
    asked.put(
        request,
        (answer, failure) -> {
          timer.cancel();
          done.accept(answer, failure);
        });
    send(to, question.apply(request));
  }

  void answered(Message.Answer answer) {
    Completion<Message.Answer> waiting = asked.remove(answer.request());
    if (waiting != null) {
      waiting.accept(answer, null);
    }
  }

  /** Submits to RCD; a refusal comes as its failure. */
  public void submit(RcdCommand command, Completion<RcdAnswer> done) {
    environment.submitToRcd(
        RcdCommands.encode(command),
        whileAlive(
            (bytes, failure) -> {
              if (failure != null) {
                done.accept(null, failure);
                return;
              }
              RcdAnswer answer = RcdAnswer.decode(bytes);
              done.accept(answer, answer.error().orElse(null));
            }));
  }

  /** The erasure codes of this loop. */
  public ErasureCodes codes() {
    if (codes == null) {
      codes = new ErasureCodes(environment.galoisKernel());
    }
    return codes;
  }

  boolean rcdLeader() {
    return environment.rcdLeader();
  }

  /** How long disks that are away are waited for, nanoseconds. */
  public long absence() {
    return environment.absenceNanos();
  }
}
