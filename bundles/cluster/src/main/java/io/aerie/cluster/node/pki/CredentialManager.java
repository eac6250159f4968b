package io.aerie.cluster.node.pki;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.X509ExtendedKeyManager;

/** Shows the credential that a subclass chooses for each handshake. */
abstract class CredentialManager extends X509ExtendedKeyManager {
  /**
   * What to show.
   *
   * @param askedHost the host name that the other side asked for (RFC 6066, section 3)
   */
  abstract Credential choose(Optional<String> askedHost);

  /** All that {@link #choose} answers, or answered for handshakes that may be under way. */
  abstract List<Credential> known();

  private String alias(String keyType, Optional<String> askedHost) {
    Credential chosen = choose(askedHost);
    return chosen.isOf(keyType) ? chosen.alias() : null;
  }

  private static Optional<String> askedHost(SSLSession session) {
    if (session instanceof ExtendedSSLSession extended) {
      for (SNIServerName name : extended.getRequestedServerNames()) {
        if (name.getType() == StandardConstants.SNI_HOST_NAME) {
          return Optional.of(new SNIHostName(name.getEncoded()).getAsciiName());
        }
      }
    }
    return Optional.empty();
  }

  @Override
  public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
    return alias(
        keyType, engine == null ? Optional.empty() : askedHost(engine.getHandshakeSession()));
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return alias(
        keyType,
        socket instanceof SSLSocket tls ? askedHost(tls.getHandshakeSession()) : Optional.empty());
  }

  @Override
  public String chooseEngineClientAlias(String[] keyTypes, Principal[] issuers, SSLEngine engine) {
    return chooseClientAlias(keyTypes, issuers, null);
  }

  @Override
  public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    for (String keyType : keyTypes) {
      String alias = alias(keyType, Optional.empty());
      if (alias != null) {
        return alias;
      }
    }
    return null;
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return getServerAliases(keyType, issuers);
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    String[] aliases =
        known().stream()
            .filter(credential -> credential.isOf(keyType))
            .map(Credential::alias)
            .toArray(String[]::new);
    return aliases.length == 0 ? null : aliases;
  }

  private Optional<Credential> named(String alias) {
    return known().stream().filter(credential -> credential.alias().equals(alias)).findAny();
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return named(alias)
        .map(credential -> credential.chain().toArray(X509Certificate[]::new))
        .orElse(null);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return named(alias).map(Credential::key).orElse(null);
  }
}
