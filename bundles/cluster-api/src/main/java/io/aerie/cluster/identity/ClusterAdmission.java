package io.aerie.cluster.identity;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Lets a new node in. Any member can issue a token and admit; a token admits once, whichever member
 * is asked.
 */
public interface ClusterAdmission {
  /**
   * A one-time token for one new node. Only its hash is kept.
   *
   * @param validity at most 24 hours
   */
  JoinToken issueToken(Duration validity);

  /**
   * Admits a node: spends the token, signs its key.
   *
   * @throws io.aerie.base.AerieException TOKEN_INVALID when the token is unknown, spent or expired;
   *     ALREADY_EXISTS when a member has the name
   */
  JoinGrant admit(JoinRequest request);

  /**
   * What the administrator carries to the new node.
   *
   * @param text opaque: REST endpoints of members, fingerprint of the CA, a secret
   * @param expires when it ends
   */
  record JoinToken(String text, Instant expires) {
    /** Never prints the token. */
    @Override
    public String toString() {
      return "join token until " + expires;
    }
  }

  /**
   * What the new node asks.
   *
   * @param token the token's secret part
   * @param node the node as it will be known
   * @param certificateRequestPem PKCS 10 (RFC 2986), PEM
   */
  record JoinRequest(String token, Member node, String certificateRequestPem) {
    /** Never prints the token. */
    @Override
    public String toString() {
      return "join request of " + node;
    }
  }

  /**
   * What it gets.
   *
   * @param clusterId the cluster
   * @param clusterName its name, for people
   * @param members all members but the new one
   * @param certificatePem its certificate, PEM
   * @param caCertificatePem the CA's certificate, PEM
   * @param caKeyPem the CA's key, PKCS 8 PEM: every member can admit
   */
  record JoinGrant(
      String clusterId,
      String clusterName,
      List<Member> members,
      String certificatePem,
      String caCertificatePem,
      String caKeyPem) {
    /** Never prints the CA's key. */
    @Override
    public String toString() {
      return "grant of " + clusterId;
    }
  }
}
