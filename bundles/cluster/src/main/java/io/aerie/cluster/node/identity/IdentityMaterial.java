package io.aerie.cluster.node.identity;

import io.aerie.base.NodeId;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.node.pki.CertificateAuthority;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * All that makes a node a member, as it is made by founding or joining and kept in the folder.
 *
 * @param clusterId the cluster's UUID
 * @param clusterName for people
 * @param node this node
 * @param founder whether it made the cluster
 * @param authority the cluster's CA
 * @param key this node's
 * @param certificate this node's
 * @param members the other members known at the time
 */
public record IdentityMaterial(
    String clusterId,
    String clusterName,
    NodeId node,
    boolean founder,
    CertificateAuthority authority,
    PrivateKey key,
    X509Certificate certificate,
    List<Member> members) {}
