package io.aerie.iscsi.server;

import io.aerie.export.server.ByteBudget;
import io.aerie.export.server.ExportServer;
import io.aerie.export.volume.VolumeSource;
import io.aerie.iscsi.target.Targets;
import io.aerie.storage.reservation.Nexus;
import io.netty.channel.Channel;
import io.netty.channel.WriteBufferWaterMark;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** iSCSI on the connections of a server. */
public final class IscsiProtocol implements ExportServer.Protocol {
  /**
   * Above the first a connection isn't read until its answers are below the second, bytes: some
   * large reads on the way, so that the wire is never idle.
   */
  private static final int WAITING_BYTES_MAX = 8 << 20;

  private static final int WAITING_BYTES_LOW = 4 << 20;

  private final IscsiContext context;

  /**
   * @param portals of the cluster as discovery tells them, asked each time
   * @param portalGroupTag of this node, {@link Nexus#portOf}
   */
  public IscsiProtocol(
      VolumeSource source,
      Targets targets,
      IscsiLimits limits,
      Supplier<List<Portal>> portals,
      int portalGroupTag) {
    this.context =
        new IscsiContext(
            source,
            targets,
            limits,
            portals,
            portalGroupTag,
            new ByteBudget(limits.serverBytesMax()),
            new Sessions(),
            new SecureRandom());
    targets.listen(changed -> context.sessions().all().forEach(Session::targetsChanged));
  }

  @Override
  public String name() {
    return "iscsi";
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
  public WriteBufferWaterMark waterMark() {
    return new WriteBufferWaterMark(WAITING_BYTES_LOW, WAITING_BYTES_MAX);
  }

  @Override
  public void begin(Channel channel, String client) {
    channel.pipeline().addLast("connection", new Connection(context, client));
  }

  @Override
  public boolean drain(Channel channel) {
    return channel.pipeline().get(Connection.class).drain();
  }

  /** Sessions in the full feature phase. */
  public int sessionCount() {
    return context.sessions().all().size();
  }

  /** Bytes of data of all tasks at work. */
  public long atWorkBytes() {
    return context.budget().usedBytes();
  }
}
