package io.aerie.ardfs.network;

import io.aerie.base.NodeId;
import java.security.cert.X509Certificate;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;

/** Whether a verified certificate names the node that the other side says it is. */
final class PeerCertificates {
  private PeerCertificates() {}

  /**
   * True when the peer's certificate has the node's name as its common name (RFC 5280, 4.1.2.6).
   */
  static boolean names(SSLEngine engine, NodeId node) {
    try {
      X509Certificate certificate = (X509Certificate) engine.getSession().getPeerCertificates()[0];
      LdapName subject = new LdapName(certificate.getSubjectX500Principal().getName());
      for (Rdn part : subject.getRdns()) {
        if (part.getType().equalsIgnoreCase("CN")) {
          return part.getValue().equals(node.value());
        }
      }
      return false;
    } catch (SSLPeerUnverifiedException | InvalidNameException e) {
      return false;
    }
  }
}
