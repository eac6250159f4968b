package io.aerie.cluster.node.pki;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts servers whose chain holds the CA certificate with a known SHA-256 fingerprint, and then
 * only what the JDK's own validation (RFC 5280, section 6, and the host's name) accepts under that
 * CA. For a node that doesn't have the CA's certificate yet.
 *
 * <p>A server's own certificate can be pinned beside: the cluster's REST may show one that an
 * administrator supplied.
 */
public final class PinnedTrust extends X509ExtendedTrustManager {
  private final String fingerprint;
  private final String serverFingerprint;

  /**
   * @param fingerprint SHA-256 of the CA's certificate (DER), lower case hexadecimal
   * @param serverFingerprint of a server's own certificate; empty for none
   */
  public PinnedTrust(String fingerprint, String serverFingerprint) {
    this.fingerprint = fingerprint;
    this.serverFingerprint = serverFingerprint;
  }

  /** A context for clients with this trust and no key. */
  public SSLContext context() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {this}, null);
    return context;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    delegate(chain).checkServerTrusted(chain, type, engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    delegate(chain).checkServerTrusted(chain, type, socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw new CertificateException("a server's name can't be checked without its connection");
  }

  private X509ExtendedTrustManager delegate(X509Certificate[] chain) throws CertificateException {
    if (serverFingerprint.equals(Keys.fingerprint(chain[0].getEncoded()))) {
      return trustIn(chain[0]);
    }
    for (X509Certificate certificate : chain) {
      if (fingerprint.equals(Keys.fingerprint(certificate.getEncoded()))
          && certificate.getBasicConstraints() >= 0) {
        return trustIn(certificate);
      }
    }
    throw new CertificateException(
        "the server does not show the CA certificate with the SHA-256 fingerprint " + fingerprint);
  }

  private static X509ExtendedTrustManager trustIn(X509Certificate authority)
      throws CertificateException {
    try {
      KeyStore store = TlsStores.trustStore(List.of(authority));
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    } catch (GeneralSecurityException e) {
      throw new CertificateException("the CA can't be used", e);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    throw noServer();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    throw noServer();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    throw noServer();
  }

  private static CertificateException noServer() {
    return new CertificateException("this trust is for clients");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
