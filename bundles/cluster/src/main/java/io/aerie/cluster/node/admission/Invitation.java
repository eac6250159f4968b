package io.aerie.cluster.node.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.node.identity.MemberJson;
import io.aerie.cluster.node.pki.CertificateAuthority;
import io.aerie.cluster.node.pki.Keys;
import io.aerie.cluster.node.pki.Pem;
import io.aerie.config.ConfigTransaction.Change;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a cluster is founded with when its other nodes were given their tokens before it existed:
 * the CA that these tokens pin, and the tokens' hashes. Carried as base64url (RFC 4648, section 5)
 * of
 *
 * <pre>
 *  {"v": 1, "ca": certificate (PEM), "caKey": its key (PEM, PKCS 8), "expires": ISO 8601,
 *   "tokens": [SHA-256 of each secret (hex), ...]}
 * </pre>
 *
 * <p>It is as secret as the cluster: who has it can make certificates of members.
 *
 * @param authority the cluster's CA from the beginning
 * @param expires end of all tokens
 * @param tokenHashes one for each node that may join
 */
public record Invitation(
    CertificateAuthority authority, Instant expires, List<String> tokenHashes) {
  private static final int VERSION = 1;
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  public Invitation {
    tokenHashes = List.copyOf(tokenHashes);
  }

  /** Reads a text; INVALID_VALUE, which never has the text in it, when it is no invitation. */
  public static Invitation parse(String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text.strip());
      JsonNode object = MemberJson.parse(new String(bytes, StandardCharsets.UTF_8));
      if (object.path("v").asInt() != VERSION) {
        throw new IllegalArgumentException("unknown version");
      }
      List<String> hashes = new ArrayList<>();
      object.path("tokens").forEach(item -> hashes.add(item.asText()));
      if (!hashes.stream().allMatch(hash -> HASH.matcher(hash).matches())) {
        throw new IllegalArgumentException("a token's hash is none");
      }
      return new Invitation(
          authority(MemberJson.text(object, "ca"), MemberJson.text(object, "caKey")),
          Instant.parse(MemberJson.text(object, "expires")),
          hashes);
    } catch (IllegalArgumentException | DateTimeException | GeneralSecurityException e) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "this is not an invitation",
          "",
          "Copy the whole text that was made together with the tokens of the other nodes.",
          e);
    }
  }

  private static CertificateAuthority authority(String certificatePem, String keyPem)
      throws GeneralSecurityException {
    X509Certificate certificate = Pem.certificate(certificatePem);
    CertificateAuthority authority = new CertificateAuthority(certificate, Pem.privateKey(keyPem));
    if (certificate.getBasicConstraints() < 0
        || !Keys.belongTogether(authority.key(), certificate.getPublicKey())) {
      throw new GeneralSecurityException("the certificate is no CA's, or not of this key");
    }
    certificate.checkValidity();
    certificate.verify(certificate.getPublicKey());
    return authority;
  }

  /** The tokens' documents. */
  List<Change> tokens() {
    ObjectNode document = MemberJson.object();
    document.put("expires", expires.toString());
    return tokenHashes.stream().map(hash -> ConfigAdmission.token(hash, document)).toList();
  }

  /** Without what is secret. */
  @Override
  public String toString() {
    return "Invitation[tokens=" + tokenHashes.size() + ", expires=" + expires + "]";
  }
}
