package io.aerie.cluster.ratis;

import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.TlsMaterial;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.rpc.SupportedRpcType;
import org.apache.ratis.security.TlsConf.CertificatesConf;
import org.apache.ratis.security.TlsConf.PrivateKeyConf;
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
 */
record RatisSettings(long snapshotEveryCommands, int segmentBytesMax) {
  /** A replay of 8192 commands takes well below a second. */
  static final RatisSettings PRODUCT = new RatisSettings(8192, 4 << 20);

  private static final String NETTY = "org.apache.ratis.thirdparty.io.netty.";
  private static final SizeInBytes APPEND_BATCH_MAX = SizeInBytes.valueOf("2MB");

  /** Read once by Netty when its classes load, so they must be set before the first touch. */
  static void limitNettyMemory() {
    for (String limit : List.of("allocator.numDirectArenas", "allocator.numHeapArenas")) {
      if (System.getProperty(NETTY + limit) == null) {
        System.setProperty(NETTY + limit, "1");
      }
    }
  }

  RaftProperties properties(Endpoint listen, Path root) {
    RaftProperties properties = new RaftProperties();
    RaftConfigKeys.Rpc.setType(properties, SupportedRpcType.GRPC);
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
    // the native transport and TLS would need natives unpacked by the bundle's class loader
    GrpcConfigKeys.setUseEpoll(properties, false);
    RaftClientConfigKeys.Rpc.setRequestTimeout(properties, seconds(3));
  }

  private static void timing(RaftProperties properties) {
    RaftServerConfigKeys.Rpc.setTimeoutMin(properties, milliseconds(500));
    RaftServerConfigKeys.Rpc.setTimeoutMax(properties, milliseconds(900));
    RaftServerConfigKeys.Rpc.setRequestTimeout(properties, seconds(1));
    RaftServerConfigKeys.Read.setOption(properties, RaftServerConfigKeys.Read.Option.LINEARIZABLE);
    RaftServerConfigKeys.Read.setTimeout(properties, seconds(3));
    // a leader that lost its majority stands again after this (10 s by default, all without a
    // leader
    // when only it has all commands), and a leader that was frozen for longer steps down by itself
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
    RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(segmentBytesMax));
    RaftServerConfigKeys.Log.setPreallocatedSize(
        properties, SizeInBytes.valueOf(Math.min(segmentBytesMax, 1 << 20)));
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
    RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf("8MB"));
    RaftServerConfigKeys.Log.setWriteBufferSize(properties, SizeInBytes.valueOf("3MB"));
    RaftServerConfigKeys.Log.setQueueElementLimit(properties, 1024);
    RaftServerConfigKeys.Log.setQueueByteLimit(properties, SizeInBytes.valueOf("16MB"));
    // A member that was away is contacted within this once it is back. Ratis would wait up to 7 s.
    RaftServerConfigKeys.Log.Appender.setRetryPolicy(properties, "1ms,10, 150ms,1000000");
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, APPEND_BATCH_MAX);
    RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(
        properties, SizeInBytes.valueOf("1MB"));
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
    RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
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
    GrpcConfigKeys.Server.setBossGroupSize(properties, 1);
    GrpcConfigKeys.Server.setWorkerGroupSize(properties, 2);
    GrpcConfigKeys.Client.setWorkerGroupSize(properties, 1);
    // cached pools: idle threads end
    GrpcConfigKeys.Server.setAsyncRequestThreadPoolSize(properties, 8);
    RaftServerConfigKeys.ThreadPool.setProxySize(properties, 8);
    RaftServerConfigKeys.ThreadPool.setServerSize(properties, 8);
    RaftServerConfigKeys.ThreadPool.setClientSize(properties, 8);
  }

  /** Both ends show a certificate of the cluster's CA. */
  static Parameters parameters(TlsMaterial tls) {
    GrpcTlsConfig config =
        GrpcTlsConfig.newBuilder()
            .setName("aerie-log")
            .setSslProvider(SslProvider.JDK)
            .setPrivateKey(new PrivateKeyConf(tls.privateKeyPem().toFile()))
            .setKeyCertificates(new CertificatesConf(tls.certificateChainPem().toFile()))
            .setTrustCertificates(new CertificatesConf(tls.caPem().toFile()))
            .setMutualTls(true)
            .build();
    Parameters parameters = new Parameters();
    GrpcConfigKeys.TLS.setConf(parameters, config);
    return parameters;
  }

  private static TimeDuration milliseconds(long count) {
    return TimeDuration.valueOf(count, TimeUnit.MILLISECONDS);
  }

  private static TimeDuration seconds(long count) {
    return TimeDuration.valueOf(count, TimeUnit.SECONDS);
  }
}
