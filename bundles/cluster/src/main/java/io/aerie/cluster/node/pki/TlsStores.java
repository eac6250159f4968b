package io.aerie.cluster.node.pki;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** PKCS 12 stores (RFC 7292) and the TLS context of them. */
public final class TlsStores {
  private static final String TYPE = "PKCS12";

  private TlsStores() {}

  /** The node's key and chain as entry "node". */
  public static KeyStore keyStore(
      PrivateKey key, X509Certificate node, X509Certificate authority, char[] password)
      throws GeneralSecurityException {
    KeyStore store = empty();
    store.setKeyEntry("node", key, password, new X509Certificate[] {node, authority});
    return store;
  }

  /** The CA's certificate as entry "ca". */
  public static KeyStore trustStore(X509Certificate authority) throws GeneralSecurityException {
    KeyStore store = empty();
    store.setCertificateEntry("ca", authority);
    return store;
  }

  private static KeyStore empty() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(TYPE);
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new GeneralSecurityException("an empty store can't be made", e);
    }
    return store;
  }

  /** A store's file content. */
  public static byte[] bytes(KeyStore store, char[] password) throws GeneralSecurityException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      store.store(bytes, password);
    } catch (IOException e) {
      throw new GeneralSecurityException("the store can't be written", e);
    }
    return bytes.toByteArray();
  }

  /** Presents the node's certificate, trusts the CA only. */
  public static SSLContext context(KeyStore keyStore, KeyStore trustStore, char[] password)
      throws GeneralSecurityException {
    // Keeps the key that it reads here. The one named PKIX reads the store again, and with it
    // derives the store's key by thousands of rounds, at each handshake.
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(keyStore, password);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trustStore);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
