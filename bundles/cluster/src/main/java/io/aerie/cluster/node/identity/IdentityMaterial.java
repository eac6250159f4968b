package io.aerie.cluster.node.identity;

import io.aerie.base.NodeId;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.node.pki.CertificateAuthority;
import io.aerie.cluster.node.pki.Credential;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/**
 * All that makes a node a member, as it is made by founding or joining and kept in the folder.
 *
 * @param clusterId the cluster's UUID
 * @param clusterName for people
 * @param node this node
 * @param founder whether it made the cluster
 * @param authority the cluster's CA that issues
 * @param alsoTrusted other CAs whose certificates are accepted while the CA is rotated
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
    List<X509Certificate> alsoTrusted,
    PrivateKey key,
    X509Certificate certificate,
    List<Member> members) {
  public IdentityMaterial {
    alsoTrusted = List.copyOf(alsoTrusted);
  }

  /** The same node with another key and certificate, and maybe another CA. */
  public IdentityMaterial with(
      CertificateAuthority newAuthority,
      List<X509Certificate> newAlsoTrusted,
      PrivateKey newKey,
      X509Certificate newCertificate) {
    return new IdentityMaterial(
        clusterId,
        clusterName,
        node,
        founder,
        newAuthority,
        newAlsoTrusted,
        newKey,
        newCertificate,
        members);
  }

  /** All CAs that are trusted, the one that issues first. */
  public List<X509Certificate> trusted() {
    List<X509Certificate> all = new ArrayList<>();
    all.add(authority.certificate());
    all.addAll(alsoTrusted);
    return List.copyOf(all);
  }

  /** What this node shows. */
  public Credential credential() {
    return new Credential(key, List.of(certificate, authority.certificate()));
  }
}
