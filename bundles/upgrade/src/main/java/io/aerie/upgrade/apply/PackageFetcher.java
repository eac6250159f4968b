package io.aerie.upgrade.apply;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.membership.Membership;
import io.aerie.cluster.membership.Membership.MemberView;
import io.aerie.cluster.messages.Messages;
import io.aerie.config.ConfigStore;
import io.aerie.upgrade.apply.cluster.Peers;
import io.aerie.upgrade.apply.exchange.Services;
import io.aerie.upgrade.apply.node.PackageStore;
import io.aerie.upgrade.apply.node.PackageStore.Incoming;
import io.aerie.upgrade.apply.run.Documents;
import io.aerie.upgrade.apply.run.Documents.PackageRecord;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gets what the cluster has and this node does not from nodes that have it. By one thread. */
final class PackageFetcher {
  private static final Logger log = LoggerFactory.getLogger(PackageFetcher.class);
  private static final long AGAIN_NS = Duration.ofMinutes(1).toNanos();

  private final NodeId self;
  private final Services services;
  private final PackageStore packages;
  private final Map<String, Long> failedNs = new HashMap<>();

  PackageFetcher(NodeId self, Services services, PackageStore packages) {
    this.self = self;
    this.services = services;
    this.packages = packages;
  }

  /** Fetches what is missing and can be had now, and removes what was deleted. */
  void fetch(ConfigStore store) {
    List<PackageRecord> all =
        store.listLocal(Documents.PACKAGES).stream().map(Documents::packageOf).toList();
    Set<String> removed =
        packages.removeAllBut(all.stream().map(PackageRecord::sha256).collect(Collectors.toSet()));
    if (!removed.isEmpty()) {
      log.info("Removed the upgrade packages with the digests {}", removed);
    }
    Set<String> present = packages.digests();
    for (PackageRecord wanted : all) {
      Long failed = failedNs.get(wanted.sha256());
      boolean due = failed == null || System.nanoTime() - failed > AGAIN_NS;
      if (!present.contains(wanted.sha256()) && due) {
        fetch(wanted);
      }
    }
  }

  private void fetch(PackageRecord wanted) {
    List<NodeId> others =
        services.require(Membership.class).members().stream()
            .filter(MemberView::reachable)
            .map(member -> member.member().id())
            .filter(node -> !node.equals(self))
            .toList();
    for (NodeId node : others) {
      try {
        fetch(wanted, node);
        failedNs.remove(wanted.sha256());
        log.info("Has the upgrade package {} from {}", wanted.version(), node);
        return;
      } catch (AerieException e) {
        log.info(
            "The upgrade package {} can't be had from {}: {}",
            wanted.version(),
            node,
            e.describe());
      }
    }
    failedNs.put(wanted.sha256(), System.nanoTime());
  }

  private void fetch(PackageRecord wanted, NodeId node) {
    Peers peers = new Peers(services.require(Messages.class));
    try (InputStream content = peers.open(node, wanted.sha256());
        Incoming incoming = packages.receive(content)) {
      if (!incoming.sha256().equals(wanted.sha256())) {
        throw new AerieException(
            ErrorCode.PACKAGE_CHANGED, "It is another than was uploaded to the cluster");
      }
      var unused = incoming.keep();
    } catch (IOException e) {
      throw new AerieException(ErrorCode.IO_ERROR, "Its stream can't be closed", e.toString(), "");
    }
  }
}
