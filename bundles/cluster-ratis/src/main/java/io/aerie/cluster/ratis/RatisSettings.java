package io.aerie.cluster.ratis;

import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.TlsMaterial;
import io.aerie.cluster.ratis.library.GivenRpcType;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.thirdparty.io.netty.handler.ssl.SslProvider;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/**
 * How Ratis is set up. Its defaults are for large machines that do nothing else: 64 MiB buffers,
 * 200 MiB of cached segments and pools of 32 threads; metadata logs need a fraction of that.
 *
 * @param snapshotEveryCommands log entries between two snapshots of the state
 * @param segmentBytesMax size of a log segment; only whole segments are purged after a snapshot
 * @param electionMillisMin a member stands for election after once to 1.8 times this without a word
 *     of its leader, and a leader that has nothing to send says so after half of it
 */
record RatisSettings(long snapshotEveryCommands, int segmentBytesMax, long electionMillisMin) {
  private static final long FIRST_ELECTION_MILLIS_MIN = 500;

  /** A replay of 8192 commands takes well below a second. */
  static final RatisSettings PRODUCT = new RatisSettings(8192, 4 << 20, FIRST_ELECTION_MILLIS_MIN);

  private static final String NETTY = "org.apache.ratis.thirdparty.io.netty.";

  /**
   * Pairs of pause and count: how long a leader waits after its nth failure to reach a member.
   * Ratis would soon try every five seconds only, and a member that comes back stood still as long;
   * an attempt costs one refused connection.
   */
  private static final String APPENDER_RETRY = "1ms,10, 300ms,1000000000";

  /** Threads of all Raft connections of a process, over which its nodes' channels are spread. */
  private static final int EVENT_LOOP_THREADS = 4;

  private static final SizeInBytes APPEND_BATCH_MAX = SizeInBytes.valueOf("2MB");

  /** Read once by Netty when its classes load, so they must be set before the first touch. */
  static void limitNetty() {
    setUnlessSet("allocator.numDirectArenas", "1");
    setUnlessSet("allocator.numHeapArenas", "1");
    setUnlessSet("eventLoopThreads", String.valueOf(EVENT_LOOP_THREADS));
    // the native transport would need natives unpacked by the bundle's class loader
    setUnlessSet("transport.noNative", "true");
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(NETTY + property) == null) {
      System.setProperty(NETTY + property, value);
    }
  }

  RaftProperties properties(Endpoint listen, Path root) {
    RaftProperties properties = new RaftProperties();
    RaftConfigKeys.Rpc.setType(properties, new GivenRpcType());
    // no group's folder: each is started by its log, from a folder of its own (RaftNode.start)
    RaftServerConfigKeys.setStorageDir(properties, List.of(root.toFile()));
    network(properties, listen);
    timing(properties);
    log(properties);
    threads(properties);
    return properties;
  }

  private static void network(RaftProperties properties, Endpoint listen) {
    GrpcConfigKeys.Server.setHost(properties, listen.host());
    GrpcConfigKeys.Server.setPort(properties, listen.port());
    // a command of 1 MiB, or a batch and one more command, with their envelopes
    GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf("8MB"));
    GrpcConfigKeys.setFlowControlWindow(properties, SizeInBytes.valueOf("1MB"));
    GrpcConfigKeys.setUseEpoll(properties, false);
    RaftClientConfigKeys.Rpc.setRequestTimeout(properties, seconds(3));
  }

  private void timing(RaftProperties properties) {
    RaftServerConfigKeys.Rpc.setTimeoutMin(properties, milliseconds(electionMillisMin));
    RaftServerConfigKeys.Rpc.setTimeoutMax(properties, milliseconds(electionMillisMax()));
    // after a start there is nobody's silence to wait for
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(
        properties, milliseconds(FIRST_ELECTION_MILLIS_MIN));
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(
        properties, milliseconds(FIRST_ELECTION_MILLIS_MIN * 9 / 5));
    RaftServerConfigKeys.Rpc.setRequestTimeout(properties, seconds(1));
    // A leader that lost its majority stands again after this (10 s by default, all without a
    // leader when only it has all commands). One that was frozen for longer steps down by itself.
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, seconds(2));
    // a node that was frozen for long must come back: by default it would close its server for good
    RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(365, TimeUnit.DAYS));
    RaftServerConfigKeys.RetryCache.setExpiryTime(properties, seconds(15));
  }

  private void log(RaftProperties properties) {
    RaftServerConfigKeys.Log.setCorruptionPolicy(
        properties, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
    // the commit index is found again from a majority: saves one of two fdatasync a command
    RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
    // still answers after the flush, but appends while one runs
    RaftServerConfigKeys.Log.setAsyncFlushEnabled(properties, true);
    // Ratis 3.3.0 takes an append for a repetition when only its first index is already on its way,
    // and then acknowledges entries beyond those that it writes (ServerImplUtils.NavigableIndices):
    // a member that came back while the leader tried again had acknowledged what it never stored
    RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
    RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(segmentBytesMax));
    RaftServerConfigKeys.Log.setPreallocatedSize(
        properties, SizeInBytes.valueOf(Math.min(segmentBytesMax, 1 << 20)));
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
    RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf("8MB"));
    RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf("3MB"));
    RaftServerConfigKeys.Log.setQueueElementLimit(properties, 1024);
    RaftServerConfigKeys.Log.setQueueByteLimit(properties, SizeInBytes.valueOf("16MB"));
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, APPEND_BATCH_MAX);
    RaftServerConfigKeys.Log.Appender.setRetryPolicy(properties, APPENDER_RETRY);
    RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(
        properties, SizeInBytes.valueOf("1MB"));
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
    RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
    // a joiner that installs a snapshot under load must still find the entries after it
    RaftServerConfigKeys.Log.setPurgePreservationLogNum(properties, snapshotEveryCommands);
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
    RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, snapshotEveryCommands);
    RaftServerConfigKeys.Snapshot.setRetentionFileNum(properties, 2);
    // a stop must be quick, and differ from a crash in nothing
    RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
    RaftServerConfigKeys.Snapshot.setTriggerWhenRemoveEnabled(properties, false);
    RaftServerConfigKeys.Write.setElementLimit(properties, 1024);
    RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf("16MB"));
  }

  private static void threads(RaftProperties properties) {
    // None of its own: the channels share gRPC's event loops (limitNetty). Ratis would wait for its
    // own to stay quiet for 2 s, twice, each time that a node stops or its bundle is swapped.
    GrpcConfigKeys.Server.setBossGroupSize(properties, 0);
    GrpcConfigKeys.Server.setWorkerGroupSize(properties, 0);
    GrpcConfigKeys.Client.setWorkerGroupSize(properties, 0);
    // cached pools: idle threads end
    GrpcConfigKeys.Server.setAsyncRequestThreadPoolSize(properties, 8);
    RaftServerConfigKeys.ThreadPool.setProxySize(properties, 8);
    RaftServerConfigKeys.ThreadPool.setServerSize(properties, 8);
    RaftServerConfigKeys.ThreadPool.setClientSize(properties, 8);
  }

  private long electionMillisMax() {
    return electionMillisMin * 9 / 5;
  }

  /** A leader that no majority answered for so long has lost: others elected one meanwhile. */
  long leaderSilenceMillisMax() {
    return 3 * electionMillisMin;
  }

  static Parameters parameters(TlsMaterial tls) {
    Parameters parameters = new Parameters();
    GrpcConfigKeys.TLS.setConf(parameters, tlsConfig(tls));
    GivenRpcType.give(parameters, new CommitFactory(parameters));
    return parameters;
  }

  /** Both ends show a certificate of the cluster's CA. */
  static GrpcTlsConfig tlsConfig(TlsMaterial tls) {
    return GrpcTlsConfig.newBuilder()
        .setName("aerie-log")
        .setSslProvider(SslProvider.JDK)
        // not the files: they would be read once, and the managers follow a change
        .setKeyManager(tls.keyManager())
        .setTrustManager(tls.trustManager())
        .setMutualTls(true)
        .build();
  }

  private static TimeDuration milliseconds(long count) {
    return TimeDuration.valueOf(count, TimeUnit.MILLISECONDS);
  }

  private static TimeDuration seconds(long count) {
    return TimeDuration.valueOf(count, TimeUnit.SECONDS);
  }
}
