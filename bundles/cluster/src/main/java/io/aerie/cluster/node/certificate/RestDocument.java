package io.aerie.cluster.node.certificate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.node.identity.MemberJson;
import io.aerie.cluster.node.pki.Credential;
import io.aerie.cluster.node.pki.Pem;
import io.aerie.cluster.node.pki.SuppliedCredential;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.Document;
import java.security.cert.CertificateException;

/**
 * The certificate that was supplied for REST, type {@code rest-certificate}, at {@code
 * security/certificate}. The key is a secret.
 *
 * <pre>
 *  {"chainPem": the certificate and its issuers, "keyPem": PKCS 8}
 * </pre>
 */
final class RestDocument {
  static final String PATH = "security/certificate";
  static final String TYPE = "rest-certificate";

  private RestDocument() {}

  static Credential credential(Document document) {
    try {
      JsonNode json = MemberJson.parse(document.json());
      return SuppliedCredential.read(
          MemberJson.text(json, "chainPem"), MemberJson.text(json, "keyPem"));
    } catch (IllegalArgumentException e) {
      throw new AerieException(
          ErrorCode.CORRUPT,
          "the document '" + PATH + "' holds no certificate",
          String.valueOf(e.getMessage()),
          "Supply it again: security:certificate-set.");
    }
  }

  static Change.Put put(Credential credential) {
    try {
      ObjectNode json = MemberJson.object();
      json.put("chainPem", Pem.of(credential.chain()));
      json.put("keyPem", Pem.of(credential.key()));
      return new Change.Put(PATH, TYPE, json.toString());
    } catch (CertificateException e) {
      throw new IllegalStateException("a certificate that was read can be written", e);
    }
  }
}
