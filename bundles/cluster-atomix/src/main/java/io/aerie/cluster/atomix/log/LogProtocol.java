package io.aerie.cluster.atomix.log;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Subscription;
import io.aerie.cluster.atomix.MessageTransport;
import io.atomix.cluster.MemberId;
import io.atomix.primitive.session.SessionId;
import io.atomix.protocols.raft.partition.impl.RaftNamespaces;
import io.atomix.protocols.raft.protocol.AppendRequest;
import io.atomix.protocols.raft.protocol.AppendResponse;
import io.atomix.protocols.raft.protocol.CloseSessionRequest;
import io.atomix.protocols.raft.protocol.CloseSessionResponse;
import io.atomix.protocols.raft.protocol.CommandRequest;
import io.atomix.protocols.raft.protocol.CommandResponse;
import io.atomix.protocols.raft.protocol.ConfigureRequest;
import io.atomix.protocols.raft.protocol.ConfigureResponse;
import io.atomix.protocols.raft.protocol.HeartbeatRequest;
import io.atomix.protocols.raft.protocol.HeartbeatResponse;
import io.atomix.protocols.raft.protocol.InstallRequest;
import io.atomix.protocols.raft.protocol.InstallResponse;
import io.atomix.protocols.raft.protocol.JoinRequest;
import io.atomix.protocols.raft.protocol.JoinResponse;
import io.atomix.protocols.raft.protocol.KeepAliveRequest;
import io.atomix.protocols.raft.protocol.KeepAliveResponse;
import io.atomix.protocols.raft.protocol.LeaveRequest;
import io.atomix.protocols.raft.protocol.LeaveResponse;
import io.atomix.protocols.raft.protocol.MetadataRequest;
import io.atomix.protocols.raft.protocol.MetadataResponse;
import io.atomix.protocols.raft.protocol.OpenSessionRequest;
import io.atomix.protocols.raft.protocol.OpenSessionResponse;
import io.atomix.protocols.raft.protocol.PollRequest;
import io.atomix.protocols.raft.protocol.PollResponse;
import io.atomix.protocols.raft.protocol.PublishRequest;
import io.atomix.protocols.raft.protocol.QueryRequest;
import io.atomix.protocols.raft.protocol.QueryResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import io.atomix.protocols.raft.protocol.ReconfigureRequest;
import io.atomix.protocols.raft.protocol.ReconfigureResponse;
import io.atomix.protocols.raft.protocol.ResetRequest;
import io.atomix.protocols.raft.protocol.TransferRequest;
import io.atomix.protocols.raft.protocol.TransferResponse;
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
import java.util.concurrent.Executor;
import java.util.function.Consumer;
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
final class LogProtocol implements RaftServerProtocol {
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
  private volatile LocalHandlers local = LocalHandlers.NONE;

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

  /** What the engine does for sessions; called by this process only. */
  record LocalHandlers(
      Function<OpenSessionRequest, CompletableFuture<OpenSessionResponse>> openSession,
      Function<CloseSessionRequest, CompletableFuture<CloseSessionResponse>> closeSession,
      Function<KeepAliveRequest, CompletableFuture<KeepAliveResponse>> keepAlive,
      Function<QueryRequest, CompletableFuture<QueryResponse>> query,
      Function<CommandRequest, CompletableFuture<CommandResponse>> command) {
    static final LocalHandlers NONE = new LocalHandlers(null, null, null, null, null);
  }

  LocalHandlers local() {
    return local;
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

  private static <U> CompletableFuture<U> notRemote(String operation) {
    return CompletableFuture.failedFuture(
        new AerieException(
            ErrorCode.UNAVAILABLE, operation + " is asked of the leader by its own process only"));
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

  @Override
  public CompletableFuture<OpenSessionResponse> openSession(
      MemberId to, OpenSessionRequest request) {
    return notRemote("openSession");
  }

  @Override
  public void registerOpenSessionHandler(
      Function<OpenSessionRequest, CompletableFuture<OpenSessionResponse>> handler) {
    local =
        new LocalHandlers(
            handler, local.closeSession(), local.keepAlive(), local.query(), local.command());
  }

  @Override
  public void unregisterOpenSessionHandler() {
    // a call after the end answers that the engine isn't ready
  }

  @Override
  public CompletableFuture<CloseSessionResponse> closeSession(
      MemberId to, CloseSessionRequest request) {
    return notRemote("closeSession");
  }

  @Override
  public void registerCloseSessionHandler(
      Function<CloseSessionRequest, CompletableFuture<CloseSessionResponse>> handler) {
    local =
        new LocalHandlers(
            local.openSession(), handler, local.keepAlive(), local.query(), local.command());
  }

  @Override
  public void unregisterCloseSessionHandler() {
    // a call after the end answers that the engine isn't ready
  }

  @Override
  public CompletableFuture<KeepAliveResponse> keepAlive(MemberId to, KeepAliveRequest request) {
    return notRemote("keepAlive");
  }

  @Override
  public void registerKeepAliveHandler(
      Function<KeepAliveRequest, CompletableFuture<KeepAliveResponse>> handler) {
    local =
        new LocalHandlers(
            local.openSession(), local.closeSession(), handler, local.query(), local.command());
  }

  @Override
  public void unregisterKeepAliveHandler() {
    // a call after the end answers that the engine isn't ready
  }

  @Override
  public CompletableFuture<QueryResponse> query(MemberId to, QueryRequest request) {
    return notRemote("query");
  }

  @Override
  public void registerQueryHandler(
      Function<QueryRequest, CompletableFuture<QueryResponse>> handler) {
    local =
        new LocalHandlers(
            local.openSession(), local.closeSession(), local.keepAlive(), handler, local.command());
  }

  @Override
  public void unregisterQueryHandler() {
    // a call after the end answers that the engine isn't ready
  }

  @Override
  public CompletableFuture<CommandResponse> command(MemberId to, CommandRequest request) {
    return notRemote("command");
  }

  @Override
  public void registerCommandHandler(
      Function<CommandRequest, CompletableFuture<CommandResponse>> handler) {
    local =
        new LocalHandlers(
            local.openSession(), local.closeSession(), local.keepAlive(), local.query(), handler);
  }

  @Override
  public void unregisterCommandHandler() {
    // a call after the end answers that the engine isn't ready
  }

  @Override
  public CompletableFuture<MetadataResponse> metadata(MemberId to, MetadataRequest request) {
    return notRemote("metadata");
  }

  @Override
  public void registerMetadataHandler(
      Function<MetadataRequest, CompletableFuture<MetadataResponse>> handler) {
    // nobody asks
  }

  @Override
  public void unregisterMetadataHandler() {
    // nobody asks
  }

  @Override
  public CompletableFuture<TransferResponse> transfer(MemberId to, TransferRequest request) {
    return notRemote("transfer");
  }

  @Override
  public void registerTransferHandler(
      Function<TransferRequest, CompletableFuture<TransferResponse>> handler) {
    // nobody asks
  }

  @Override
  public void unregisterTransferHandler() {
    // nobody asks
  }

  @Override
  public CompletableFuture<HeartbeatResponse> heartbeat(MemberId to, HeartbeatRequest request) {
    return notRemote("heartbeat");
  }

  @Override
  public void publish(MemberId to, PublishRequest request) {
    // our state machines publish no events
  }

  @Override
  public void registerResetListener(
      SessionId sessionId, Consumer<ResetRequest> listener, Executor executor) {
    // as above
  }

  @Override
  public void unregisterResetListener(SessionId sessionId) {
    // as above
  }
}
