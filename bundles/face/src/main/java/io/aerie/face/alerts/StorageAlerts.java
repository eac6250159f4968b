package io.aerie.face.alerts;

import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.NodeView;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.storage.admin.StorageViews.QuarantineView;
import io.aerie.storage.admin.StorageViews.ScrubView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What RCD knows to be wrong; the same on all nodes. */
final class StorageAlerts {
  private static final int NEARLY_FULL_PERCENT = 80;
  private static final int FULL_PERCENT = 95;
  private static final String DOWN = "down";

  private final StorageAdministration storage;
  private final List<Alert> alerts = new ArrayList<>();

  private StorageAlerts(StorageAdministration storage) {
    this.storage = storage;
  }

  static List<Alert> of(StorageAdministration storage) {
    StorageAlerts found = new StorageAlerts(storage);
    Set<String> nodesDown = found.nodes();
    storage.disks().forEach(disk -> found.disk(disk, nodesDown));
    storage.pools().forEach(found::pool);
    storage.volumes().forEach(found::volume);
    found.scrubs();
    storage.quarantine().forEach(found::quarantine);
    return found.alerts;
  }

  private void add(AlertCode code, String subject, String message, String remedy) {
    alerts.add(code.about(subject, message, remedy));
  }

  private Set<String> nodes() {
    Set<String> down =
        storage.nodes().stream()
            .filter(node -> node.state().equals(DOWN))
            .map(NodeView::id)
            .map(id -> id.value())
            .collect(Collectors.toSet());
    for (String node : down) {
      add(
          AlertCode.NODE_DOWN,
          node,
          "Node " + node + " is down.",
          "Start it again. If it is lost for good: disk:fail for its disks, then cluster:leave.");
    }
    return down;
  }

  /** Those of a node that is down need nothing of their own. */
  private void disk(DiskView disk, Set<String> nodesDown) {
    String node = disk.node().value();
    if (disk.state().equals(DOWN) && !nodesDown.contains(node)) {
      add(
          AlertCode.DISK_DOWN,
          disk.id(),
          "Disk " + disk.path() + " of node " + node + " is down.",
          disk.duty().equals("serving")
              ? "Look at the node's log. Replace the disk if it is broken; disk:fail gives it up."
              : "Its members are taken over by others. Replace it, then disk:remove.");
    }
  }

  private void pool(PoolView pool) {
    String name = "Pool " + pool.name();
    if (pool.groupsFrozen() > 0) {
      add(
          AlertCode.POOL_FROZEN,
          pool.name(),
          name + " has " + pool.groupsFrozen() + " groups that can't be written.",
          "Bring back the nodes and disks that are down; volume:recover shows what else can be done.");
    }
    int degraded = pool.groupsTotal() - pool.groupsInSync() - pool.groupsFrozen();
    if (degraded > 0) {
      add(
          AlertCode.POOL_DEGRADED,
          pool.name(),
          name + " has " + degraded + " of " + pool.groupsTotal() + " groups without all copies.",
          "They are remade by themselves when disks come back, or others take their place; job:list"
              + " shows how far that is.");
    }
    full(pool, name);
  }

  private void full(PoolView pool, String name) {
    long percent = pool.capacityBytes() == 0 ? 0 : pool.usedBytes() * 100 / pool.capacityBytes();
    if (percent >= NEARLY_FULL_PERCENT) {
      add(
          percent >= FULL_PERCENT ? AlertCode.POOL_FULL : AlertCode.POOL_NEARLY_FULL,
          pool.name(),
          name + " is used to " + percent + " %.",
          "Add disks, or delete volumes and snapshots.");
    }
  }

  private void volume(VolumeView volume) {
    if (volume.state().equals("frozen")) {
      add(
          AlertCode.VOLUME_FROZEN,
          volume.id(),
          "Volume " + volume.name() + " has blocks that can't be written.",
          "Bring back the nodes and disks that are down; volume:recover shows what else can be done.");
    }
  }

  /** Of each scope the last one that found some, or looked at all, counts. */
  private void scrubs() {
    Map<String, ScrubView> last = new HashMap<>();
    for (ScrubView scrub : storage.scrubs()) {
      if (scrub.pagesUnrepairable() > 0 || scrub.state().equals("done")) {
        last.merge(
            scrub.scope() + " " + scrub.subject().orElse(""),
            scrub,
            (one, other) -> one.startedAt().isAfter(other.startedAt()) ? one : other);
      }
    }
    for (ScrubView scrub : last.values()) {
      if (scrub.pagesUnrepairable() > 0) {
        add(
            AlertCode.SCRUB_UNREPAIRABLE,
            scrub.id(),
            "Scrub "
                + scrub.id()
                + " found "
                + scrub.pagesUnrepairable()
                + " pages without a good copy.",
            "Restore what was there from a backup: reading these pages fails. A scrub that finds"
                + " none ends this alert.");
      }
    }
  }

  private void quarantine(QuarantineView held) {
    add(
        AlertCode.QUARANTINED_DATA,
        held.id(),
        "Disks hold " + held.blocks() + " blocks of a volume that is not known.",
        "quarantine:list shows them; quarantine:forget gives their room back.");
  }
}
