package io.aerie.face;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.config.Document;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What documents of ConfigDB look like to an administrator, who sees all that anybody sees. */
class ViewsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "users/ada | {\"role\":\"OPERATOR\",\"passwordHash\":\"s3cret\"} | {\"role\":\"OPERATOR\"}",
        "tokens/t1 | {\"name\":\"mine\",\"hash\":\"s3cret\"} | {\"name\":\"mine\"}",
        "cluster/ca | {\"phase\":\"TRUST\",\"keyPem\":\"s3cret\"} | {\"phase\":\"TRUST\"}",
        "security/ldap | {\"bindDn\":\"cn=a\",\"bindPassword\":\"s3cret\"} | {\"bindDn\":\"cn=a\"}",
        "security/certificate | {\"chainPem\":\"c\",\"keyPem\":\"s3cret\"} | {\"chainPem\":\"c\"}",
        "exports/iscsi/secrets/iqn.x_t | {\"user\":\"u\",\"secret\":\"s3cret\","
            + "\"mutualUser\":\"m\",\"mutualSecret\":\"s3cret2\"}"
            + " | {\"user\":\"u\",\"mutualUser\":\"m\"}",
        "pools/p | {\"secret\":\"its own\"} | {\"secret\":\"its own\"}"
      })
  void shouldShowDocumentsWithoutTheirSecrets(String path, String json, String shown) {
    assertThat(Views.of(new Document(path, "t", json, 1, 2)).path("value")).hasToString(shown);
  }
}
