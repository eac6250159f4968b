package io.aerie.nbd;

import io.aerie.export.server.ExportServer;
import io.aerie.export.volume.MemoryVolumes;
import io.aerie.export.volume.VolumeContent;
import io.aerie.export.volume.VolumeSource;
import io.aerie.nbd.server.NbdLimits;
import io.aerie.nbd.server.NbdProtocol;
import io.netty.channel.nio.NioEventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Serves volumes in memory, to try real clients: {@code ServeMemory PORT}, volumes v1 and v2 of 1
 * GiB. Each line on standard input swaps the storage under the clients, one second later; end of
 * input ends it.
 */
public final class ServeMemory {
  private static final long SIZE_BYTES = 1L << 30;

  private ServeMemory() {}

  /** Runs until standard input ends. */
  public static void main(String[] arguments) throws Exception {
    Map<String, VolumeContent> disks =
        Map.of(
            "v1", new VolumeContent("id-1", SIZE_BYTES),
            "v2", new VolumeContent("id-2", SIZE_BYTES));
    NioEventLoopGroup loops = new NioEventLoopGroup(2);
    VolumeSource source = new VolumeSource(loops, VolumeSource.PARK_TIME);
    MemoryVolumes storage = new MemoryVolumes(disks);
    source.set(storage);
    NbdProtocol protocol = new NbdProtocol(source, NbdLimits.DEFAULT, null);
    try (ExportServer server = new ExportServer(protocol, loops)) {
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
      System.out.println("listening on " + server.listen(address).get());
      while (System.in.read() >= 0) {
        MemoryVolumes former = storage;
        storage = new MemoryVolumes(disks);
        MemoryVolumes next = storage;
        former.end();
        source.unset(former);
        loops.schedule(() -> source.set(next), 1, TimeUnit.SECONDS).get();
        System.out.println("swapped, at work " + protocol.atWorkBytes() + " bytes");
      }
    }
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).get();
  }
}
