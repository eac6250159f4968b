package io.aerie.cluster.identity;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/**
 * The certificate that REST shows: an administrator's for all nodes, or each node's own from the
 * cluster's CA. A change counts for new connections on every node, some milliseconds later there.
 *
 * <p>Who asks a node for a name or address that only its own certificate has gets that one also
 * while another is supplied: joining nodes and programs that trust the cluster's CA go on.
 */
public interface RestCertificate {
  /** As it is on this node now. */
  View view();

  /**
   * Supplies a certificate.
   *
   * @param chainPem the server's certificate first, each one's issuer after it; the root may be
   *     left out
   * @param keyPem its key, unencrypted: PKCS 8, PKCS 1 or SEC 1
   * @param expectedRevision if it is told, the present one must have it; 0: there must be none
   * @param dryRun judge only
   * @return fails with CERTIFICATE_MALFORMED, CERTIFICATE_KEY_MISMATCH, CERTIFICATE_EXPIRED,
   *     CERTIFICATE_CHAIN_BROKEN, CERTIFICATE_TOO_WEAK, CERTIFICATE_UNSUITABLE, PRECONDITION_FAILED
   */
  CompletableFuture<View> set(
      String chainPem, String keyPem, OptionalLong expectedRevision, boolean dryRun);

  /** Back to the nodes' own certificates; NOT_FOUND when none is supplied. */
  CompletableFuture<View> reset(OptionalLong expectedRevision, boolean dryRun);

  /**
   * What there is.
   *
   * @param supplied the administrator's, if there is one
   * @param own this node's
   * @param revision of the supplied one; 0 when there is none
   */
  record View(Optional<CertificateFacts> supplied, CertificateFacts own, long revision) {}
}
