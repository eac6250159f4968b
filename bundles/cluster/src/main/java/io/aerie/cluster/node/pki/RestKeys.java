package io.aerie.cluster.node.pki;

import java.util.List;
import java.util.Optional;

/**
 * REST's choice between the certificate that an administrator supplied and the node's own. The
 * supplied one goes to everybody but those who ask for what only the node's own names: a public
 * authority signs no address of an inner network, and joining nodes pin the cluster's CA.
 */
public final class RestKeys extends CredentialManager {
  private final Credential supplied;
  private final Credential own;
  private final String listensAt;

  /**
   * @param listensAt the host of REST's endpoint: what a client that names no host (it uses an
   *     address) must have connected to
   */
  public RestKeys(Credential supplied, Credential own, String listensAt) {
    this.supplied = supplied;
    this.own = own;
    this.listensAt = listensAt;
  }

  @Override
  Credential choose(Optional<String> askedHost) {
    String host = askedHost.orElse(listensAt);
    boolean onlyOwn =
        !CertificateNames.cover(supplied.certificate(), host)
            && CertificateNames.cover(own.certificate(), host);
    return onlyOwn ? own : supplied;
  }

  @Override
  List<Credential> known() {
    return List.of(supplied, own);
  }
}
