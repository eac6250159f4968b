package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.rest.RestFixture.Answer;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The settings of the LDAP directory over REST; its password is never shown, also not raw. */
class LdapTest {
  private static final String SETTINGS =
      """
      {"urls":["ldaps://ldap.example.org"],"bindDn":"cn=aerie,dc=x","bindPassword":"s3cret",
       "userBaseDn":"dc=x","operators":["cn=ops,dc=x"],"timeout":"3s"}
      """;

  private RestFixture rest;

  @BeforeEach
  void start() {
    rest = new RestFixture();
  }

  private Answer put(String path, String... headers) throws Exception {
    return rest.call("administrator", "PUT", path, SETTINGS, headers);
  }

  @Test
  void shouldSetShowAndDelete() throws Exception {
    assertThat(rest.get("ldap").status()).isEqualTo(404);
    assertThat(put("ldap?dryRun=true").json().path("dryRun").asBoolean()).isTrue();
    assertThat(rest.ldap.settings()).isEmpty();
    Answer set = put("ldap", "If-None-Match", "*");
    assertThat(set.status()).isEqualTo(200);
    assertThat(rest.ldap.password()).isEqualTo("s3cret");
    Answer shown = rest.get("ldap");
    assertThat(shown.json()).isEqualTo(set.json());
    assertThat(shown.json().path("userFilter").asText()).isEqualTo("(uid={user})");
    assertThat(shown.json().path("timeout").asText()).isEqualTo("3s");
    assertThat(put("ldap", "If-None-Match", "*").status()).isEqualTo(412);
    String tag = shown.header("ETag");
    assertThat(put("ldap", "If-Match", tag).status()).isEqualTo(200);
    assertThat(put("ldap", "If-Match", tag).code()).isEqualTo("precondition-failed");
    assertThat(rest.call("administrator", "DELETE", "ldap?dryRun=true", null).status())
        .isEqualTo(200);
    assertThat(rest.ldap.settings()).isPresent();
    assertThat(rest.call("administrator", "DELETE", "ldap", null).status()).isEqualTo(200);
    assertThat(rest.ldap.settings()).isEmpty();
    assertThat(shown.json().toString() + rest.audit.lines()).doesNotContain("s3cret");
  }

  @Test
  void shouldTellWhatATestFound() throws Exception {
    Answer found = rest.post("ldap:test", "{\"user\":\"ada\",\"password\":\"secret-ada\"}");
    assertThat(found.json().path("role").asText()).isEqualTo("operator");
    assertThat(found.json().path("passwordFits").asBoolean()).isTrue();
    assertThat(rest.post("ldap:test", "{\"user\":\"ada\"}").json().path("passwordFits").isNull())
        .isTrue();
    assertThat(rest.post("ldap:test", "{\"user\":\"bob\"}").code()).isEqualTo("not-found");
    assertThat(rest.audit.lines().toString()).doesNotContain("secret-ada");
  }

  @Test
  void shouldWantAPasswordAndNotAToken() throws Exception {
    String token = rest.post("tokens", "{\"name\":\"t\"}").json().path("token").asText();
    Answer refused = rest.call(null, "PUT", "ldap", SETTINGS, "Authorization", "Bearer " + token);
    assertThat(refused.code()).isEqualTo("forbidden");
    assertThat(rest.ldap.settings()).isEmpty();
  }

  @Test
  void shouldKeepTheStoredDocumentFromBeingShownOrWrittenRaw() throws Exception {
    long unused =
        rest.config
            .commit(
                new ConfigTransaction(
                    List.of(),
                    List.of(
                        new Change.Put(
                            "security/ldap",
                            "ldap",
                            "{\"bindDn\":\"cn=a\",\"bindPassword\":\"p4ss\"}"))))
            .join();
    for (String path : new String[] {"config/security/ldap", "config?prefix=true"}) {
      Answer raw = rest.get(path);
      assertThat(raw.status()).isEqualTo(200);
      assertThat(raw.json().toString()).contains("cn=a").doesNotContain("p4ss");
    }
    assertThat(rest.call("observer", "GET", "config/security/ldap", null).status()).isEqualTo(403);
    assertThat(rest.call("observer", "GET", "config?prefix=true", null).json().toString())
        .doesNotContain("cn=a");
    ObjectNode document = RestFixture.JSON.createObjectNode().put("urls", "x");
    assertThat(
            rest.call("administrator", "PUT", "config/security/ldap", document.toString()).code())
        .isEqualTo("forbidden");
  }
}
