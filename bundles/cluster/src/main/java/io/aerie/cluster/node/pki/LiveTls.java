package io.aerie.cluster.node.pki;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/** All that TLS uses on this node, always with the present certificates. */
public final class LiveTls {
  private final LiveKeys keys;
  private final LiveTrust trust;
  private final String restHost;
  private final SSLContext context;
  private final SSLContext restContext;
  private volatile SSLContext present;
  private volatile SSLContext presentRest;
  private Optional<Credential> supplied;

  /**
   * @param own the node's
   * @param authorities whom to trust
   * @param supplied for REST
   * @param restHost where REST listens
   */
  public LiveTls(
      Credential own,
      Collection<X509Certificate> authorities,
      Optional<Credential> supplied,
      String restHost)
      throws GeneralSecurityException {
    this.keys = new LiveKeys(own);
    this.trust = new LiveTrust(authorities);
    this.supplied = supplied;
    this.restHost = restHost;
    rebuild();
    this.context = LiveContext.of(() -> present);
    this.restContext = LiveContext.of(() -> presentRest);
  }

  /** The node has another certificate, or trusts others. */
  public synchronized void use(Credential own, Collection<X509Certificate> authorities)
      throws GeneralSecurityException {
    trust.use(authorities);
    if (!own.equals(keys.present())) {
      keys.use(own);
    }
    rebuild();
  }

  /**
   * Nobody talks to these any more. Connections that there are stay; sessions that could be resumed
   * without a look at the certificate are forgotten.
   */
  public synchronized void refuse(Refused refused) throws GeneralSecurityException {
    trust.refuse(refused);
    rebuild();
  }

  /** REST shows another certificate. */
  public synchronized void useForRest(Optional<Credential> newSupplied)
      throws GeneralSecurityException {
    supplied = newSupplied;
    presentRest = restOf();
  }

  private void rebuild() throws GeneralSecurityException {
    present = make(keys);
    presentRest = restOf();
  }

  private SSLContext restOf() throws GeneralSecurityException {
    return supplied.isEmpty()
        ? make(keys)
        : make(new RestKeys(supplied.get(), keys.present(), restHost));
  }

  private SSLContext make(KeyManager manager) throws GeneralSecurityException {
    SSLContext made = SSLContext.getInstance("TLS");
    made.init(new KeyManager[] {manager}, new TrustManager[] {trust}, null);
    return made;
  }

  /** Shows the node's certificate. */
  public X509ExtendedKeyManager keyManager() {
    return keys;
  }

  /** Trusts the cluster. */
  public X509ExtendedTrustManager trustManager() {
    return trust;
  }

  /** Both, for what nodes say to each other. */
  public SSLContext context() {
    return context;
  }

  /** For REST's clients. */
  public SSLContext restContext() {
    return restContext;
  }
}
