package io.aerie.iscsi;

import io.aerie.cluster.identity.ClusterIdentity;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.membership.Membership.MemberView;
import io.aerie.config.ConfigStore;
import io.aerie.export.ExportWish;
import io.aerie.export.ServedEndpoint;
import io.aerie.export.volume.VolumeSource;
import io.aerie.iscsi.server.IscsiLimits;
import io.aerie.iscsi.server.IscsiProtocol;
import io.aerie.iscsi.server.Portal;
import io.aerie.iscsi.target.Targets;
import io.aerie.storage.block.BlockVolumes;
import io.aerie.storage.reservation.Nexus;
import io.netty.channel.EventLoopGroup;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * Serves this node's iSCSI endpoint as long as the node is a member and the administrator wants it.
 * Storage, ConfigDB and membership come and go under it.
 */
@Component(
    immediate = true,
    service = {})
public final class IscsiExport {
  private final Member self;
  private final EventLoopGroup loops;
  private final ServedEndpoint served;
  private final VolumeSource source;
  private final Targets targets = new Targets();
  private volatile TargetDocuments documents;
  private volatile Membership membership;
  private ExportWish wish;
  private ConfigStore store;

  /** Starts to listen; the rest happens on the server's threads. */
  @Activate
  public IscsiExport(@Reference ClusterIdentity identity) {
    self = identity.self();
    loops = ServedEndpoint.loops("iscsi");
    source = new VolumeSource(loops, VolumeSource.PARK_TIME);
    served = new ServedEndpoint(self.endpoint(Service.ISCSI), loops);
    served.start(
        new IscsiProtocol(
            source, targets, IscsiLimits.DEFAULT, this::portals, Nexus.portOf(self.id().value())));
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

  /** Membership is there: discovery tells of all nodes. */
  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  public void setMembership(Membership members) {
    membership = members;
  }

  /** Membership goes: discovery tells of this node. */
  public void unsetMembership(Membership members) {
    if (membership == members) {
      membership = null;
    }
  }

  /** ConfigDB is there. */
  @Reference(
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC,
      policyOption = ReferencePolicyOption.GREEDY)
  public synchronized void setConfig(ConfigStore config) {
    closeWishes();
    store = config;
    wish = new ExportWish(config, TargetDocuments.SETTINGS, served::want);
    documents = new TargetDocuments(config, targets, loops);
  }

  /** ConfigDB goes: the last wishes that were known stay in force. */
  public synchronized void unsetConfig(ConfigStore config) {
    if (store == config) {
      closeWishes();
      store = null;
    }
  }

  private void closeWishes() {
    if (wish != null) {
      wish.close();
      documents.close();
      wish = null;
    }
  }

  /** Every node is a portal for every target. */
  private List<Portal> portals() {
    Membership members = membership;
    List<Member> all =
        members == null
            ? List.of(self)
            : members.members().stream().map(MemberView::member).toList();
    return all.stream().map(this::portal).toList();
  }

  private Portal portal(Member member) {
    String node = member.id().value();
    TargetDocuments known = documents;
    String advertised = known == null ? null : known.advertised().get(node);
    String address = advertised == null ? member.endpoint(Service.ISCSI).toString() : advertised;
    return new Portal(address, Nexus.portOf(node));
  }

  /** Stops listening; tasks at work end within the drain time, then the threads do. */
  @Deactivate
  public synchronized void stop() {
    closeWishes();
    served.stop();
  }
}
