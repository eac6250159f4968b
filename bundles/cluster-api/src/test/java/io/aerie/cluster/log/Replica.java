package io.aerie.cluster.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.log.ReplicatedLogProvider.LogSpecification;
import io.aerie.cluster.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** One node's running provider and the log that it opened, as the contract's tests use them. */
public final class Replica implements AutoCloseable {
  /** Far above any election; a shared machine may be slow. */
  public static final Duration BOUND = Duration.ofSeconds(60);

  public static final String LOG = "contract";

  final NodeId id;
  final RegisterMachine machine;
  private final LogCluster.RunningProvider provider;
  final CompletableFuture<ReplicatedLog> opening;

  Replica(NodeId id, LogCluster.RunningProvider provider, boolean found, List<NodeId> seeds) {
    this(id, provider, new RegisterMachine(), found, seeds, Optional.empty());
  }

  Replica(
      NodeId id,
      LogCluster.RunningProvider provider,
      RegisterMachine machine,
      boolean found,
      List<NodeId> seeds,
      Optional<Path> initialState) {
    this.id = id;
    this.machine = machine;
    this.provider = provider;
    this.opening =
        provider.logs().open(new LogSpecification(LOG, machine, found, seeds, initialState));
  }

  ReplicatedLogProvider provider() {
    return provider.logs();
  }

  /** The state with all that was acknowledged. */
  public StateFile export() throws Exception {
    return get(log().exportState());
  }

  public ReplicatedLog log() throws Exception {
    return get(opening);
  }

  boolean isOpen() {
    return opening.isDone() && !opening.isCompletedExceptionally();
  }

  /** Removes a member, once. */
  public void remove(NodeId member) throws Exception {
    get(log().removeMember(member));
  }

  public RegisterMachine machine() {
    return machine;
  }

  /** Opens what is open. */
  public ReplicatedLog openAgain() throws Exception {
    return get(
        provider.logs().open(new LogSpecification(LOG, new RegisterMachine(), false, List.of())));
  }

  /** Submits once. */
  public void put(String name, String value) throws Exception {
    String command = name + "=" + value;
    String answer = new String(get(log().submit(command.getBytes(UTF_8))), UTF_8);
    if (!answer.equals(command)) {
      throw new AssertionError("answer " + answer + " to " + command);
    }
  }

  /** Submits again and again while the log has no leader, as every user of a log must. */
  public void putEventually(String name, String value) throws Exception {
    Await.until("put through " + id, BOUND, () -> succeeds(() -> put(name, value)));
  }

  public String read(String name) throws Exception {
    return new String(get(log().queryLinearizable(name.getBytes(UTF_8))), UTF_8);
  }

  public String readLocal(String name) throws Exception {
    return new String(log().queryLocal(name.getBytes(UTF_8)), UTF_8);
  }

  public void awaitLocal(String name, String value) throws Exception {
    Await.until(name + "=" + value + " in " + id, BOUND, () -> readLocal(name).equals(value));
  }

  public void awaitMembers(List<NodeId> members) throws Exception {
    Await.until(
        "members " + members + " in the eyes of " + id,
        BOUND,
        () -> log().status().members().stream().sorted().toList().equals(members));
  }

  public NodeId awaitLeader() throws Exception {
    Await.until(id + " knows a leader", BOUND, () -> log().status().leader().isPresent());
    return log().status().leader().orElseThrow();
  }

  @Override
  public void close() throws Exception {
    if (isOpen()) {
      opening.join().close();
    }
    provider.close();
  }

  /** An operation of the log. */
  public interface Operation {
    void run() throws Exception;
  }

  /** False when it failed in one of the two ways that the contract allows. */
  public static boolean succeeds(Operation operation) throws Exception {
    try {
      operation.run();
      return true;
    } catch (AerieException e) {
      if (e.code() != ErrorCode.UNAVAILABLE && e.code() != ErrorCode.TIMED_OUT) {
        throw e;
      }
      return false;
    }
  }

  /** Waits, and fails as the operation did. */
  static <T> T get(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(BOUND.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof AerieException known ? known : e;
    }
  }
}
