package io.aerie.nbd;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Service;
import io.aerie.config.ConfigStore;
import io.aerie.export.ExportWish;
import io.aerie.export.ServedEndpoint;
import io.aerie.export.volume.VolumeSource;
import io.aerie.nbd.server.NbdLimits;
import io.aerie.nbd.server.NbdProtocol;
import io.aerie.storage.block.BlockVolumes;
import io.netty.channel.EventLoopGroup;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * Serves this node's NBD endpoint as long as the node is a member and the administrator wants it.
 * Storage and ConfigDB come and go under it.
 */
@Component(
    immediate = true,
    service = {})
public final class NbdExport {
  static final String PATH = "exports/nbd";

  private final ServedEndpoint served;
  private final VolumeSource source;
  private ExportWish wish;
  private ConfigStore store;

  /** Starts to listen; the rest happens on the server's threads. */
  @Activate
  public NbdExport(@Reference ClusterIdentity identity) {
    EventLoopGroup loops = ServedEndpoint.loops("nbd");
    source = new VolumeSource(loops, VolumeSource.PARK_TIME);
    served = new ServedEndpoint(identity.self().endpoint(Service.NBD), loops);
    served.start(
        new NbdProtocol(
            source, NbdLimits.DEFAULT, identity.tls() == null ? null : identity.tls().context()));
  }

  /** Storage is there. */
  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  public void setVolumes(BlockVolumes volumes) {
    source.set(volumes);
  }

  /** Storage goes. */
  public void unsetVolumes(BlockVolumes volumes) {
    source.unset(volumes);
  }

  /** ConfigDB is there. */
  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  public synchronized void setConfig(ConfigStore config) {
    closeWish();
    store = config;
    wish = new ExportWish(config, PATH, served::want);
  }

  /** ConfigDB goes: the last wish that was known stays in force. */
  public synchronized void unsetConfig(ConfigStore config) {
    if (store == config) {
      closeWish();
      store = null;
    }
  }

  private void closeWish() {
    if (wish != null) {
      wish.close();
      wish = null;
    }
  }

  /** Stops listening; requests at work end within the drain time, then the threads do. */
  @Deactivate
  public synchronized void stop() {
    closeWish();
    served.stop();
  }
}
