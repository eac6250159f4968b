package io.aerie.nbd.server;

import io.aerie.export.server.ExportServer;
import io.aerie.export.volume.MemoryVolumes;
import io.aerie.export.volume.VolumeContent;
import io.aerie.export.volume.VolumeSource;
import io.netty.channel.nio.NioEventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;

/** A server on a free loopback port over volumes in memory: v1 (64 MiB) and v2 (1 MiB). */
final class NbdServerFixture implements AutoCloseable {
  static final long V1_BYTES = 64L << 20;
  static final long V2_BYTES = 1L << 20;

  /** Short where a test waits for it to pass, long against what it takes to connect. */
  static final Duration PARK_TIME = Duration.ofMillis(600);

  final VolumeContent disk1 = new VolumeContent("id-1", V1_BYTES);
  final Map<String, VolumeContent> disks =
      Map.of("v1", disk1, "v2", new VolumeContent("id-2", V2_BYTES));
  final NioEventLoopGroup loops = new NioEventLoopGroup(2);
  final VolumeSource source = new VolumeSource(loops, PARK_TIME);
  final MemoryVolumes storage = new MemoryVolumes(disks);
  final NbdProtocol protocol;
  final ExportServer server;
  final InetSocketAddress address;

  NbdServerFixture() {
    this(NbdLimits.DEFAULT, null);
  }

  NbdServerFixture(NbdLimits limits, SSLContext tls) {
    source.set(storage);
    protocol = new NbdProtocol(source, limits, tls);
    server = new ExportServer(protocol, loops);
    address = server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).join();
  }

  NbdTestClient connect() {
    return new NbdTestClient(address);
  }

  /** Waits for something that happens soon on another thread; fails when it does not. */
  static void await(String what, BooleanSupplier condition) {
    long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadlineNs) {
        throw new AssertionError("did not happen: " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  /** Nothing of what clients did may be left: connections, attachments, payload bytes. */
  void assertNothingLeft() {
    await("all connections closed", () -> server.connectionCount() == 0);
    await("all volumes closed", () -> storage.openNowCount() == 0);
    await("no bytes at work", () -> protocol.atWorkBytes() == 0);
  }

  @Override
  public void close() {
    server.stop().join();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
