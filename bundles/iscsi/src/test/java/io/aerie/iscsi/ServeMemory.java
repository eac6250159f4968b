package io.aerie.iscsi;

import io.aerie.export.server.ExportServer;
import io.aerie.export.volume.MemoryVolumes;
import io.aerie.export.volume.VolumeContent;
import io.aerie.export.volume.VolumeSource;
import io.aerie.iscsi.server.IscsiLimits;
import io.aerie.iscsi.server.IscsiProtocol;
import io.aerie.iscsi.server.Portal;
import io.aerie.iscsi.target.TargetDefinition;
import io.aerie.iscsi.target.TargetDefinition.Chap;
import io.aerie.iscsi.target.Targets;
import io.aerie.iscsi.target.UnitDefinition;
import io.netty.channel.nio.NioEventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;

/**
 * Serves volumes in memory, to try real clients: {@code ServeMemory PORT}; target {@code
 * iqn.2026-01.io.aerie:open} with units of 1 GiB, 1 and 2 of blocks of 512 bytes, 3 of 4 KiB, 4
 * write-protected, and {@code iqn.2026-01.io.aerie:chap} with unit 1 for user {@code user} with
 * {@code secretsecret}, who is told {@code mutualsecret} of {@code target}. End of input ends it.
 */
public final class ServeMemory {
  private static final long SIZE_BYTES = 1L << 30;

  private ServeMemory() {}

  /** Runs until standard input ends. */
  public static void main(String[] arguments) throws Exception {
    Map<String, VolumeContent> disks =
        Map.of(
            "v1", new VolumeContent("6a1d1d7e-0001-4000-8000-000000000001", SIZE_BYTES),
            "v2", new VolumeContent("6a1d1d7e-0001-4000-8000-000000000002", SIZE_BYTES),
            "v3", new VolumeContent("6a1d1d7e-0001-4000-8000-000000000003", SIZE_BYTES),
            "v4", new VolumeContent("6a1d1d7e-0001-4000-8000-000000000004", SIZE_BYTES));
    SortedMap<Integer, UnitDefinition> units = TargetDefinition.writable(Map.of(1, "v1", 2, "v2"));
    units.put(3, new UnitDefinition("v3", /* readOnly= */ false, 4096));
    units.put(4, new UnitDefinition("v4", /* readOnly= */ true, 512));
    NioEventLoopGroup loops = new NioEventLoopGroup(2);
    VolumeSource source = new VolumeSource(loops, VolumeSource.PARK_TIME);
    source.set(new MemoryVolumes(disks));
    Targets targets = new Targets();
    targets.set(
        List.of(
            new TargetDefinition("iqn.2026-01.io.aerie:open", units, List.of(), /* chap= */ null),
            new TargetDefinition(
                "iqn.2026-01.io.aerie:chap",
                TargetDefinition.writable(Map.of(1, "v1")),
                List.of(),
                new Chap("user", "secretsecret", "target", "mutualsecret"))));
    String address = "127.0.0.1:" + arguments[0];
    IscsiProtocol protocol =
        new IscsiProtocol(
            source, targets, IscsiLimits.DEFAULT, () -> List.of(new Portal(address, 1)), 1);
    try (ExportServer server = new ExportServer(protocol, loops)) {
      int port = Integer.parseInt(arguments[0]);
      InetSocketAddress listening =
          server.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)).get();
      System.out.println("listening on " + listening);
      while (System.in.read() >= 0) {
        System.out.println("at work " + protocol.atWorkBytes() + " bytes");
      }
    }
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).get();
  }
}
