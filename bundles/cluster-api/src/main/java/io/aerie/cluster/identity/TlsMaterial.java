package io.aerie.cluster.identity;

import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * This node's key and the cluster CA's certificate, in the forms that libraries ask for. Every
 * certificate of a member is valid as client and as server and names the node (subject CN, and its
 * hosts as subject alternative names).
 *
 * <p>Certificates change while a node runs: they are renewed, and the CA is rotated. The two
 * managers and the context always stand for the present ones, so whoever holds them has nothing to
 * do: connections that are made after a change use the new certificates, those that exist go on.
 * The files hold the present ones, too, but who read them once doesn't notice a change.
 *
 * @param keyStore PKCS 12 file with the node's key and chain, entry "node"
 * @param trustStore PKCS 12 file with the cluster CA's certificate, entry "ca"
 * @param storePassword password of both files
 * @param certificateChainPem the node's certificate and the CA's, PEM (RFC 7468)
 * @param privateKeyPem the node's key, PKCS 8 PEM, unencrypted, mode 0600
 * @param caPem the CA's certificate, PEM
 * @param keyManager shows the node's certificate
 * @param trustManager trusts the cluster's CA only; two of them while it is rotated
 * @param context made of the two managers
 */
public record TlsMaterial(
    Path keyStore,
    Path trustStore,
    String storePassword,
    Path certificateChainPem,
    Path privateKeyPem,
    Path caPem,
    X509ExtendedKeyManager keyManager,
    X509ExtendedTrustManager trustManager,
    SSLContext context) {
  /** Never prints the password of the stores. */
  @Override
  public String toString() {
    return "TLS material in " + keyStore;
  }
}
