package io.aerie.cluster.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.NodeId;
import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.log.RegisterMachine;
import io.aerie.cluster.testing.Await;
import io.aerie.cluster.testing.TestCluster;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.grpc.GrpcUtil;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.apache.ratis.util.ProtoUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a leader sends again by another stream while the first is still worked at. */
class SequentialAppendsTest {
  private static final NodeId SELF = TestCluster.node(1);
  private static final ClientId CLIENT = ClientId.randomId();
  private static final long TERM = 7;
  private static final int ENTRIES = 500;
  private static final Duration ELECTION = Duration.ofSeconds(30);

  private final RaftGroupId log = RaftGroupId.valueOf(UUID.randomUUID());

  @TempDir private Path folder;
  private TestCluster cluster;

  @BeforeEach
  void makeCluster() throws Exception {
    RatisSettings.limitNetty();
    cluster = new TestCluster(folder, 3);
  }

  /** Ratis refused one of two appends at once, and never became a candidate after that. */
  @Test
  @Timeout(120)
  void shouldStandForElectionAfterAppendsByTwoStreams() throws Exception {
    ClusterIdentity identity = cluster.identity(SELF, List.of());
    Path root = folder.resolve("ratis");
    try (RaftNode node =
        new RaftNode(identity, RatisSettings.PRODUCT, new LogFolders(root), root)) {
      RaftPeer leader = peer(2);
      RaftServer.Division follower =
          node.startGroup(
              RaftGroup.valueOf(log, node.self(), leader, peer(3)),
              root.resolve("log"),
              new StateMachineAdapter(new RegisterMachine(), new Unheard(), new byte[0]));
      sendTwice(node.self(), leader);
      assertThat(follower.getRaftLog().getLastEntryTermIndex().getIndex()).isEqualTo(ENTRIES - 1);
      Await.until("it stands for election", ELECTION, () -> follower.getInfo().isCandidate());
    }
  }

  /** Ends when all that two streams sent is answered. */
  private void sendTwice(RaftPeer follower, RaftPeer leader) throws Exception {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(follower.getAddress())
            .sslContext(
                GrpcUtil.buildSslContextForClient(
                    RatisSettings.tlsConfig(
                        cluster.identity(TestCluster.node(2), List.of()).tls())))
            .build();
    try {
      List<Answers> all = new ArrayList<>();
      List<StreamObserver<AppendEntriesRequestProto>> streams = new ArrayList<>();
      for (int stream = 0; stream < 2; stream++) {
        Answers answers = new Answers();
        all.add(answers);
        streams.add(RaftServerProtocolServiceGrpc.newStub(channel).appendEntries(answers));
      }
      for (int i = 0; i < ENTRIES; i++) {
        AppendEntriesRequestProto append = append(follower, leader, i);
        streams.forEach(stream -> stream.onNext(append));
      }
      streams.forEach(StreamObserver::onCompleted);
      for (Answers answers : all) {
        answers.ended.get(60, TimeUnit.SECONDS);
      }
    } finally {
      channel.shutdownNow();
      channel.awaitTermination(10, TimeUnit.SECONDS);
    }
  }

  private AppendEntriesRequestProto append(RaftPeer follower, RaftPeer leader, int index) {
    AppendEntriesRequestProto.Builder append =
        AppendEntriesRequestProto.newBuilder()
            .setServerRequest(
                RaftRpcRequestProto.newBuilder()
                    .setRequestorId(leader.getId().toByteString())
                    .setReplyId(follower.getId().toByteString())
                    .setRaftGroupId(ProtoUtils.toRaftGroupIdProtoBuilder(log))
                    .setCallId(index))
            .setLeaderTerm(TERM)
            .setLeaderCommit(-1)
            .addEntries(
                LogEntryProto.newBuilder()
                    .setTerm(TERM)
                    .setIndex(index)
                    .setStateMachineLogEntry(
                        StateMachineLogEntryProto.newBuilder()
                            .setClientId(CLIENT.toByteString())
                            .setCallId(index)
                            .setLogData(
                                ByteString.copyFrom("name=" + index, StandardCharsets.UTF_8))));
    if (index > 0) {
      append.setPreviousLog(TermIndexProto.newBuilder().setTerm(TERM).setIndex(index - 1));
    }
    return append.build();
  }

  private RaftPeer peer(int number) {
    return RaftPeer.newBuilder()
        .setId(new PeerName(TestCluster.node(number), UUID.randomUUID()).id())
        .setAddress("127.0.0.1:1")
        .build();
  }

  private static final class Answers implements StreamObserver<AppendEntriesReplyProto> {
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    @Override
    public void onNext(AppendEntriesReplyProto reply) {}

    @Override
    public void onError(Throwable failure) {
      ended.completeExceptionally(failure);
    }

    @Override
    public void onCompleted() {
      ended.complete(null);
    }
  }

  private static final class Unheard implements StateMachineAdapter.Events {
    @Override
    public void leaderChanged(RaftPeerId leader) {}

    @Override
    public void applied(long index) {}

    @Override
    public void logFailed(Throwable cause) {
      throw new AssertionError(cause);
    }
  }
}
