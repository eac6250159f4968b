package io.aerie.cluster.atomix.log;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.atomix.cluster.MemberId;
import io.atomix.primitive.session.SessionId;
import io.atomix.protocols.raft.protocol.CloseSessionRequest;
import io.atomix.protocols.raft.protocol.CloseSessionResponse;
import io.atomix.protocols.raft.protocol.CommandRequest;
import io.atomix.protocols.raft.protocol.CommandResponse;
import io.atomix.protocols.raft.protocol.HeartbeatRequest;
import io.atomix.protocols.raft.protocol.HeartbeatResponse;
import io.atomix.protocols.raft.protocol.KeepAliveRequest;
import io.atomix.protocols.raft.protocol.KeepAliveResponse;
import io.atomix.protocols.raft.protocol.MetadataRequest;
import io.atomix.protocols.raft.protocol.MetadataResponse;
import io.atomix.protocols.raft.protocol.OpenSessionRequest;
import io.atomix.protocols.raft.protocol.OpenSessionResponse;
import io.atomix.protocols.raft.protocol.PublishRequest;
import io.atomix.protocols.raft.protocol.QueryRequest;
import io.atomix.protocols.raft.protocol.QueryResponse;
import io.atomix.protocols.raft.protocol.RaftServerProtocol;
import io.atomix.protocols.raft.protocol.ResetRequest;
import io.atomix.protocols.raft.protocol.TransferRequest;
import io.atomix.protocols.raft.protocol.TransferResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The half of Atomix' protocol that is about sessions. It never leaves the process: the leader's
 * own {@link LeaderSession} calls the engine's handlers, which are kept here; requests to others
 * fail.
 */
abstract class SessionProtocol implements RaftServerProtocol {
  private volatile LocalHandlers local = LocalHandlers.NONE;

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

  static <U> CompletableFuture<U> notRemote(String operation) {
    return CompletableFuture.failedFuture(
        new AerieException(
            ErrorCode.UNAVAILABLE, operation + " is asked of the leader by its own process only"));
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
