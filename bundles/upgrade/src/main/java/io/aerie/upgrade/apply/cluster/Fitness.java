package io.aerie.upgrade.apply.cluster;

import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.membership.Membership.MemberView;
import io.aerie.storage.admin.StorageViews.DiskView;
import io.aerie.storage.admin.StorageViews.NodeView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.aerie.upgrade.admin.UpgradeViews.CheckView;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether the cluster can do without a node for a while, as a node sees it now.
 *
 * @param members of the cluster
 * @param nodes as storage knows them
 * @param disks all
 * @param volumes all
 */
public record Fitness(
    List<MemberView> members,
    List<NodeView> nodes,
    List<DiskView> disks,
    List<VolumeView> volumes) {

  /** Each check with its outcome; one for each node, disk and volume that does not pass. */
  public List<CheckView> checks() {
    List<CheckView> checks = new ArrayList<>();
    checkMembers(checks);
    checkStorage(checks);
    return checks;
  }

  /** What does not pass, for people; empty where all does. */
  public String problems() {
    return checks().stream()
        .filter(check -> !check.passed())
        .map(check -> check.what() + ".")
        .collect(Collectors.joining(" "));
  }

  private void checkMembers(List<CheckView> checks) {
    Set<NodeId> up =
        nodes.stream()
            .filter(node -> node.state().equals("up"))
            .map(NodeView::id)
            .collect(Collectors.toSet());
    int before = checks.size();
    for (MemberView member : members) {
      NodeId id = member.member().id();
      if (!member.reachable()) {
        checks.add(
            failed(
                ErrorCode.UPGRADE_NODE_AWAY,
                "The node " + id + " is not reached",
                "Every node takes part in an upgrade.",
                "Start it, or remove it from the cluster."));
      } else if (!up.contains(id)) {
        checks.add(
            failed(
                ErrorCode.UPGRADE_NODE_AWAY,
                "The storage of the node " + id + " is not up",
                "Others would miss one more node while they are exchanged.",
                "Look into its log."));
      }
    }
    if (checks.size() == before) {
      checks.add(
          passed(ErrorCode.UPGRADE_NODE_AWAY, "All " + members.size() + " nodes are reached"));
    }
  }

  private void checkStorage(List<CheckView> checks) {
    int before = checks.size();
    for (DiskView disk : disks) {
      // one that was given up is missed by nobody
      if (!disk.state().equals("up") && !disk.duty().equals("absent")) {
        checks.add(
            failed(
                ErrorCode.UPGRADE_STORAGE_UNHEALTHY,
                "The disk " + disk.path() + " of " + disk.node() + " is " + disk.state(),
                "An upgrade begins with all copies in their places.",
                "Bring it back, or give it up and wait until others have its copies."));
      }
    }
    for (VolumeView volume : volumes) {
      if (!volume.state().equals("healthy")) {
        checks.add(
            failed(
                ErrorCode.UPGRADE_STORAGE_UNHEALTHY,
                "The volume " + volume.name() + " is " + volume.state(),
                "An upgrade begins with all copies in their places.",
                "Wait for its repair."));
      }
    }
    if (checks.size() == before) {
      checks.add(
          passed(
              ErrorCode.UPGRADE_STORAGE_UNHEALTHY,
              "All disks are up and all " + volumes.size() + " volumes healthy"));
    }
  }

  static CheckView passed(ErrorCode code, String what) {
    return new CheckView(code.code(), true, what, "", "");
  }

  static CheckView failed(ErrorCode code, String what, String why, String remedy) {
    return new CheckView(code.code(), false, what, why, remedy);
  }
}
