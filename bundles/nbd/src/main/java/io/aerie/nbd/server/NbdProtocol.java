package io.aerie.nbd.server;

import io.aerie.export.server.ByteBudget;
import io.aerie.export.server.ExportServer;
import io.aerie.export.volume.VolumeSource;
import io.netty.channel.Channel;
import java.time.Duration;
import javax.net.ssl.SSLContext;

/** NBD on the connections of a server: {@link Handshake}, then {@link Transmission}. */
public final class NbdProtocol implements ExportServer.Protocol {
  private final ServerContext context;

  /**
   * @param source of the volumes
   * @param limits what clients may take
   * @param tls to be offered by STARTTLS, or null for none
   */
  public NbdProtocol(VolumeSource source, NbdLimits limits, SSLContext tls) {
    this.context = new ServerContext(source, limits, tls, new ByteBudget(limits.serverBytesMax()));
  }

  @Override
  public String name() {
    return "nbd";
  }

  @Override
  public int connectionCountMax() {
    return context.limits().connectionCountMax();
  }

  @Override
  public Duration drainTime() {
    return context.limits().drainTime();
  }

  @Override
  public void begin(Channel channel, String client) {
    channel.pipeline().addLast("handshake", new Handshake(context, client));
  }

  @Override
  public boolean drain(Channel channel) {
    Transmission transmission = channel.pipeline().get(Transmission.class);
    if (transmission != null) {
      transmission.stop();
    }
    return transmission != null;
  }

  /** Payload bytes at work on all connections. */
  public long atWorkBytes() {
    return context.budget().usedBytes();
  }
}
