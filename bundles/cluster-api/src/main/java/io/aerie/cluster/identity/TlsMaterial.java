package io.aerie.cluster.identity;

import java.nio.file.Path;
import javax.net.ssl.SSLContext;

/**
 * This node's key and the cluster CA's certificate, in the forms that libraries ask for. Every
 * certificate of a member is valid as client and as server and names the node (subject CN, and its
 * hosts as subject alternative names).
 *
 * @param keyStore PKCS 12 file with the node's key and chain, entry "node"
 * @param trustStore PKCS 12 file with the cluster CA's certificate, entry "ca"
 * @param storePassword password of both files
 * @param certificateChainPem the node's certificate and the CA's, PEM (RFC 7468)
 * @param privateKeyPem the node's key, PKCS 8 PEM, unencrypted, mode 0600
 * @param caPem the CA's certificate, PEM
 * @param context made from the two stores: presents the node's certificate, trusts the cluster CA
 *     only
 */
public record TlsMaterial(
    Path keyStore,
    Path trustStore,
    String storePassword,
    Path certificateChainPem,
    Path privateKeyPem,
    Path caPem,
    SSLContext context) {}
