package io.aerie.iscsi.server;

import io.aerie.export.server.ExportServer;
import io.aerie.export.volume.MemoryVolumes;
import io.aerie.export.volume.VolumeContent;
import io.aerie.export.volume.VolumeSource;
import io.aerie.iscsi.target.TargetDefinition;
import io.aerie.iscsi.target.TargetDefinition.Chap;
import io.aerie.iscsi.target.Targets;
import io.netty.channel.nio.NioEventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A server on a free loopback port: an open target, one with CHAP, one for somebody else. */
final class IscsiFixture implements AutoCloseable {
  static final String OPEN = "iqn.2026-01.io.aerie:open";
  static final String CHAP = "iqn.2026-01.io.aerie:chap";
  static final String OTHERS = "iqn.2026-01.io.aerie:others";
  static final int V1_BYTES = 64 << 20;

  /** Short where a test waits for it to pass. */
  private static final Duration PARK_TIME = Duration.ofMillis(600);

  final VolumeContent disk = new VolumeContent("id-1", V1_BYTES);
  final NioEventLoopGroup loops = new NioEventLoopGroup(2);
  final VolumeSource source = new VolumeSource(loops, PARK_TIME);
  final MemoryVolumes storage = new MemoryVolumes(Map.of("v1", disk));
  final Targets targets = new Targets();
  final TargetDefinition open = TargetDefinition.open(OPEN, Map.of(1, "v1"));
  final IscsiProtocol protocol;
  final ExportServer server;
  final InetSocketAddress address;

  IscsiFixture() {
    this(IscsiLimits.DEFAULT);
  }

  IscsiFixture(IscsiLimits limits) {
    source.set(storage);
    Chap chap = new Chap("user", "secret-of-user", "target", "secret-of-target");
    TargetDefinition proven =
        new TargetDefinition(CHAP, TargetDefinition.writable(Map.of(1, "v1")), List.of(), chap);
    TargetDefinition others =
        new TargetDefinition(
            OTHERS,
            TargetDefinition.writable(Map.of(1, "v1")),
            List.of("iqn.2026-01.io.aerie:other"),
            null);
    targets.set(List.of(open, proven, others));
    protocol =
        new IscsiProtocol(
            source, targets, limits, () -> List.of(new Portal("192.0.2.1:3260", 7)), 7);
    server = new ExportServer(protocol, loops);
    address = server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).join();
  }

  IscsiTestClient connect() {
    return new IscsiTestClient(address);
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

  /** Nothing of what initiators did may be left. */
  void assertNothingLeft() {
    await("all connections closed", () -> server.connectionCount() == 0);
    await("all sessions ended", () -> protocol.sessionCount() == 0);
    await("all volumes closed", () -> storage.openNowCount() == 0);
    await("no bytes at work", () -> protocol.atWorkBytes() == 0);
  }

  @Override
  public void close() {
    server.stop().join();
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
