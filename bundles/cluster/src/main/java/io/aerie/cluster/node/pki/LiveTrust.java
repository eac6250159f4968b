package io.aerie.cluster.node.pki;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts, by the JDK's validation, the CAs that it was told last, but for those who are refused.
 */
final class LiveTrust extends X509ExtendedTrustManager {
  private volatile X509ExtendedTrustManager present;
  private volatile Refused refused = Refused.NONE;

  LiveTrust(Collection<X509Certificate> authorities) throws GeneralSecurityException {
    use(authorities);
  }

  void use(Collection<X509Certificate> authorities) throws GeneralSecurityException {
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(TlsStores.trustStore(authorities));
    present = (X509ExtendedTrustManager) factory.getTrustManagers()[0];
  }

  void refuse(Refused those) {
    refused = those;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    present.checkClientTrusted(chain, type, socket);
    refused.check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    present.checkServerTrusted(chain, type, socket);
    refused.check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    present.checkClientTrusted(chain, type, engine);
    refused.check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    present.checkServerTrusted(chain, type, engine);
    refused.check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    present.checkClientTrusted(chain, type);
    refused.check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    present.checkServerTrusted(chain, type);
    refused.check(chain);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return present.getAcceptedIssuers();
  }
}
