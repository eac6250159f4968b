package io.aerie.cluster.node.pki;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** What a node sends to get its key signed (PKCS 10, RFC 2986). */
public final class CertificateRequest {
  private CertificateRequest() {}

  /** A request, PEM. */
  public static String make(KeyPair keys, NodeId node) throws GeneralSecurityException {
    try {
      byte[] der =
          new JcaPKCS10CertificationRequestBuilder(
                  CertificateAuthority.commonName(node.value()), keys.getPublic())
              .build(
                  new JcaContentSignerBuilder(CertificateAuthority.SIGNATURE)
                      .build(keys.getPrivate()))
              .getEncoded();
      return Pem.ofRequest(der);
    } catch (OperatorCreationException | IOException e) {
      throw new GeneralSecurityException("the certificate request could not be made", e);
    }
  }

  /**
   * The key of a request that is signed with that very key (else anybody could have another's key
   * certified) and names the node.
   */
  public static PublicKey verify(String pem, NodeId node) {
    try {
      JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(Pem.request(pem));
      PublicKey key = request.getPublicKey();
      if (!Keys.isOfOurKind(key)) {
        throw invalid("Its key is not on the curve P-256.", null);
      }
      if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        throw invalid("It is not signed with its own key.", null);
      }
      if (!request.getSubject().equals(CertificateAuthority.commonName(node.value()))) {
        throw invalid("Its subject is not the node's name '" + node + "'.", null);
      }
      return key;
    } catch (GeneralSecurityException
        | IOException
        | OperatorCreationException
        | PKCSException
        | IllegalArgumentException e) {
      throw invalid(String.valueOf(e.getMessage()), e);
    }
  }

  private static AerieException invalid(String why, Exception cause) {
    return new AerieException(
        ErrorCode.INVALID_VALUE, "the certificate request can't be used", why, "", cause);
  }
}
