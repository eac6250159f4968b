package io.aerie.cluster.identity;

import io.aerie.base.NodeId;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * Registered as a service as soon as this node is a member: it made a cluster at its first start,
 * or was admitted to one. All other subsystems wait for it. It doesn't change while the bundle
 * runs, but for its certificates.
 */
public interface ClusterIdentity {
  /**
   * The cluster's random id (UUID), equal on all nodes and written into every disk's superblock.
   */
  String clusterId();

  /** The cluster's name, for people; nothing depends on it. */
  default String clusterName() {
    return "aerie";
  }

  /** This node, with the endpoints that its servers must listen on. */
  Member self();

  /**
   * The other members that this node knew when it last looked; empty on a founder. Where to look
   * for the cluster, not who is alive.
   */
  List<Member> seeds();

  /**
   * True on the node that made the cluster: its logs begin with itself as the only member; others
   * join.
   */
  boolean founder();

  /**
   * Nodes that are being removed from the cluster, as this node has written down: members of logs
   * until they are out of them, and not taken into one again. Changes while the bundle runs.
   */
  default Set<NodeId> leaving() {
    return Set.of();
  }

  /** Keys and certificates, for what nodes say to each other. */
  TlsMaterial tls();

  /**
   * What this node's REST shows to its clients: the certificate that an administrator supplied, or
   * else the node's own. Like {@link TlsMaterial#context} it stands for the present certificate.
   */
  default SSLContext restContext() {
    return tls().context();
  }

  /** The folder for this subsystem's data: {@code DATA/name}, made when missing, mode 0700. */
  Path dataDirectory(String name);

  /**
   * A key of 256 bits for a purpose: the same on all members, never on any network, unknown to
   * everybody else. It is derived from the CA's key, so it changes when the CA is made anew.
   */
  default byte[] secret(String purpose) {
    throw new UnsupportedOperationException("this identity has no key for " + purpose);
  }
}
