package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.rest.RestFixture.Answer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Certificates and the CA over REST: shown without keys, changed with a password only. */
class SecurityTest {
  private static final String CERTIFICATE =
      "{\"certificatePem\":\"chain\",\"keyPem\":\"s3cret-key\"}";

  private RestFixture rest;

  @BeforeEach
  void start() {
    rest = new RestFixture();
  }

  private Answer put(String path, String body, String... headers) throws Exception {
    return rest.call("administrator", "PUT", path, body, headers);
  }

  @Test
  void shouldSetShowAndResetTheCertificate() throws Exception {
    assertThat(rest.get("security/certificate").json().path("source").asText())
        .isEqualTo("cluster");
    Answer dry = put("security/certificate?dryRun=true", CERTIFICATE);
    assertThat(dry.json().path("dryRun").asBoolean()).isTrue();
    assertThat(rest.certificates.view().supplied()).isEmpty();
    assertThat(put("security/certificate", CERTIFICATE).status()).isEqualTo(200);
    Answer shown = rest.get("security/certificate");
    assertThat(shown.json().path("source").asText()).isEqualTo("supplied");
    assertThat(shown.json().path("supplied").path("names").path(0).asText())
        .isEqualTo("aerie.example");
    assertThat(shown.json().toString() + rest.audit.lines()).doesNotContain("s3cret");
    assertThat(rest.call("administrator", "DELETE", "security/certificate", null).status())
        .isEqualTo(200);
    assertThat(rest.certificates.view().supplied()).isEmpty();
  }

  @Test
  void shouldTellTheCodeOfABadCertificate() throws Exception {
    Answer bad = put("security/certificate", "{\"certificatePem\":\"bad\",\"keyPem\":\"k\"}");
    assertThat(bad.status()).isEqualTo(422);
    assertThat(bad.code()).isEqualTo("certificate-expired");
    assertThat(put("security/certificate", "{\"certificatePem\":\"c\"}").code())
        .isEqualTo("invalid-value");
  }

  @Test
  void shouldRotateTheCa() throws Exception {
    assertThat(rest.get("security/ca").json().path("phase").asText()).isEqualTo("done");
    Answer begun = rest.post("security/ca:rotate", "{\"hold\":true,\"without\":[\"n4\"]}");
    assertThat(begun.status()).isEqualTo(200);
    assertThat(begun.json().path("waitingFor").path(0).asText()).isEqualTo("n3");
    assertThat(begun.json().path("trustedPem").asText()).isEqualTo("CA1\nCA2\n");
    assertThat(rest.audit.lines().toString()).contains("ca:rotate", "n4");
  }

  @Test
  void shouldWantAPasswordAndNotAToken() throws Exception {
    String token = rest.post("tokens", "{\"name\":\"t\"}").json().path("token").asText();
    String[] bearer = {"Authorization", "Bearer " + token};
    assertThat(rest.call(null, "PUT", "security/certificate", CERTIFICATE, bearer).code())
        .isEqualTo("forbidden");
    assertThat(rest.call(null, "POST", "security/ca:rotate", "{}", bearer).code())
        .isEqualTo("forbidden");
    assertThat(rest.certificates.view().supplied()).isEmpty();
  }

  @Test
  void shouldNeverShowAKeyOfADocument() throws Exception {
    long unused =
        rest.config
            .commit(
                new ConfigTransaction(
                    List.of(),
                    List.of(
                        new Change.Put(
                            "cluster/ca",
                            "ca-rotation",
                            "{\"phase\":\"TRUST\",\"keyPem\":\"s3cret\"}"))))
            .join();
    Answer raw = rest.get("config/cluster/ca");
    assertThat(raw.json().toString()).contains("TRUST").doesNotContain("s3cret");
    assertThat(rest.call("observer", "GET", "config/cluster/ca", null).status()).isEqualTo(403);
    assertThat(put("config/cluster/ca-nodes/n1", "{}").code()).isEqualTo("forbidden");
  }
}
