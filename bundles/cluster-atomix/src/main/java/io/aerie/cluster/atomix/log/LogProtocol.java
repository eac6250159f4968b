package io.aerie.cluster.atomix.log;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Subscription;
import io.aerie.cluster.atomix.MessageTransport;
import io.atomix.cluster.MemberId;
import io.atomix.protocols.raft.partition.impl.RaftNamespaces;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.ConfigureRequest;
import io.atomix.protocols.raft.protocol.ConfigureResponse;
import io.atomix.protocols.raft.protocol.InstallRequest;
import io.atomix.protocols.raft.protocol.InstallResponse;
import io.atomix.protocols.raft.protocol.JoinRequest;
import io.atomix.protocols.raft.protocol.JoinResponse;
import io.atomix.protocols.raft.protocol.LeaveRequest;
import io.atomix.protocols.raft.protocol.LeaveResponse;
import io.atomix.protocols.raft.protocol.PollRequest;
import io.atomix.protocols.raft.protocol.PollResponse;
import io.atomix.protocols.raft.protocol.ReconfigureRequest;
import io.atomix.protocols.raft.protocol.ReconfigureResponse;
import io.atomix.protocols.raft.protocol.VoteRequest;
import io.atomix.protocols.raft.protocol.VoteResponse;
import io.atomix.utils.serializer.Serializer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Raft between replicas, over our messages instead of Atomix' own communicator: with a time limit
 * for each request, addressed to one incarnation of a replica, and through {@link RaftGuards}.
 * Requests of sessions stay in the process: see {@link LeaderSession}.
 *
 * <pre>
 * request   text receiver's replica id | Kryo, namespace RAFT_PROTOCOL
 * answer    Kryo
 * </pre>
 */
final class LogProtocol extends SessionProtocol {
  /** Heartbeats and elections: twice the election time, so that a slow disk isn't a dead member. */
  private static final Duration FAST = Duration.ofMillis(1500);

  /** Changes of members wait for a commit; snapshots for a disk. */
  private static final Duration SLOW = Duration.ofSeconds(5);

  private final Serializer serializer = Serializer.using(RaftNamespaces.RAFT_PROTOCOL);
  private final MessageTransport transport;
  private final String subject;
  private final ReplicaId self;
  private final RaftGuards guards;
  private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();

  /**
   * @param name the log's name
   * @param self this replica: requests to another incarnation are refused
   */
  LogProtocol(MessageTransport transport, String name, ReplicaId self, RaftGuards guards) {
    this.transport = transport;
    this.subject = "log." + name + ".raft.";
    this.self = self;
    this.guards = guards;
  }

  private <T, U> CompletableFuture<U> send(
      MemberId to, String operation, T request, Duration timeout) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeUTF(to.id());
      out.write(serializer.encode(request));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return transport
        .request(ReplicaId.node(to), subject + operation, bytes.toByteArray(), timeout)
        .thenApply(serializer::decode);
  }

  private <T, U> void register(String operation, Function<T, CompletableFuture<U>> handler) {
    subscriptions.put(
        operation,
        transport.handle(
            subject + operation,
            (from, body) -> {
              T request = serializer.decode(receive(body));
              return handler.apply(request).thenApply(serializer::encode);
            }));
  }

  private byte[] receive(byte[] body) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(body))) {
      String receiver = in.readUTF();
      if (!receiver.equals(self.toString())) {
        throw new AerieException(
            ErrorCode.UNAVAILABLE, receiver + " is no more", "This is " + self + ".", "");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void unregister(String operation) {
    Subscription subscription = subscriptions.remove(operation);
    if (subscription != null) {
      subscription.close();
    }
  }

  @Override
  public CompletableFuture<JoinResponse> join(MemberId to, JoinRequest request) {
    return send(to, "join", request, SLOW);
  }

  @Override
  public void registerJoinHandler(Function<JoinRequest, CompletableFuture<JoinResponse>> handler) {
    this.<JoinRequest, JoinResponse>register("join", request -> guards.join(request, handler));
  }

  @Override
  public void unregisterJoinHandler() {
    unregister("join");
  }

  @Override
  public CompletableFuture<LeaveResponse> leave(MemberId to, LeaveRequest request) {
    return send(to, "leave", request, SLOW);
  }

  @Override
  public void registerLeaveHandler(
      Function<LeaveRequest, CompletableFuture<LeaveResponse>> handler) {
    register("leave", handler);
  }

  @Override
  public void unregisterLeaveHandler() {
    unregister("leave");
  }

  @Override
  public CompletableFuture<ConfigureResponse> configure(MemberId to, ConfigureRequest request) {
    return send(to, "configure", request, FAST);
  }

  @Override
  public void registerConfigureHandler(
      Function<ConfigureRequest, CompletableFuture<ConfigureResponse>> handler) {
    register("configure", handler);
  }

  @Override
  public void unregisterConfigureHandler() {
    unregister("configure");
  }

  @Override
  public CompletableFuture<ReconfigureResponse> reconfigure(
      MemberId to, ReconfigureRequest request) {
    return send(to, "reconfigure", request, SLOW);
  }

  @Override
  public void registerReconfigureHandler(
      Function<ReconfigureRequest, CompletableFuture<ReconfigureResponse>> handler) {
    register("reconfigure", handler);
  }

  @Override
  public void unregisterReconfigureHandler() {
    unregister("reconfigure");
  }

  @Override
  public CompletableFuture<InstallResponse> install(MemberId to, InstallRequest request) {
    return send(to, "install", request, SLOW);
  }

  @Override
  public void registerInstallHandler(
      Function<InstallRequest, CompletableFuture<InstallResponse>> handler) {
    register("install", handler);
  }

  @Override
  public void unregisterInstallHandler() {
    unregister("install");
  }

  @Override
  public CompletableFuture<PollResponse> poll(MemberId to, PollRequest request) {
    return send(to, "poll", request, FAST);
  }

  @Override
  public void registerPollHandler(Function<PollRequest, CompletableFuture<PollResponse>> handler) {
    this.<PollRequest, PollResponse>register("poll", request -> guards.poll(request, handler));
  }

  @Override
  public void unregisterPollHandler() {
    unregister("poll");
  }

  /** Asks for a vote after this replica gave itself its own. */
  @Override
  public CompletableFuture<VoteResponse> vote(MemberId to, VoteRequest request) {
    return guards.candidacy(request) ? send(to, "vote", request, FAST) : notRemote("vote");
  }

  @Override
  public void registerVoteHandler(Function<VoteRequest, CompletableFuture<VoteResponse>> handler) {
    this.<VoteRequest, VoteResponse>register("vote", request -> guards.vote(request, handler));
  }

  @Override
  public void unregisterVoteHandler() {
    unregister("vote");
  }

  @Override
  public CompletableFuture<AppendResponse> append(MemberId to, AppendRequest request) {
    return send(to, "append", request, FAST);
  }

  @Override
  public void registerAppendHandler(
      Function<AppendRequest, CompletableFuture<AppendResponse>> handler) {
    this.<AppendRequest, AppendResponse>register(
        "append", request -> guards.append(request, handler));
  }

  @Override
  public void unregisterAppendHandler() {
    unregister("append");
  }
}
