package io.aerie.cluster.node.pki;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Collection;

/** PKCS 12 stores (RFC 7292). */
public final class TlsStores {
  private static final String TYPE = "PKCS12";

  private TlsStores() {}

  /** The node's key and chain as entry "node". */
  public static KeyStore keyStore(Credential credential, char[] password)
      throws GeneralSecurityException {
    KeyStore store = empty();
    store.setKeyEntry(
        "node", credential.key(), password, credential.chain().toArray(X509Certificate[]::new));
    return store;
  }

  /** The CA's certificate as entry "ca", others that are trusted as "ca2" and so on. */
  public static KeyStore trustStore(Collection<X509Certificate> authorities)
      throws GeneralSecurityException {
    KeyStore store = empty();
    int number = 1;
    for (X509Certificate authority : authorities) {
      store.setCertificateEntry(number == 1 ? "ca" : "ca" + number, authority);
      number++;
    }
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
}
