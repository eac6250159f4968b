package io.aerie.cluster.node.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.AuthorityRotation.Phase;
import io.aerie.cluster.node.pki.CertificateAuthority;
import io.aerie.cluster.node.pki.Credential;
import io.aerie.cluster.node.pki.Pem;
import io.aerie.config.schema.DocumentSchema;
import io.aerie.config.schema.SecretDocuments;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What this package writes into ConfigDB matches its schemas, and keys only where secrets are. */
class CertificateSchemaTest {
  private static List<Error> validate(DocumentSchema schema, String json) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schema.json())
        .validate(json, InputFormat.JSON);
  }

  @Test
  void shouldMatchEveryPhaseOfARotation() throws Exception {
    CertificateAuthority authority = TestMember.authority();
    RotationDocument rotation =
        new RotationDocument(
            2,
            Phase.TRUST,
            true,
            Set.of(new NodeId("n3")),
            Instant.EPOCH,
            authority.certificate(),
            Pem.of(authority.key()),
            0);
    while (!rotation.isDone()) {
      assertThat(validate(new RotationSchema(), rotation.put().json())).isEmpty();
      String confirmation = Confirmations.put(new NodeId("n1"), rotation).json();
      assertThat(validate(new ConfirmationSchema(), confirmation)).isEmpty();
      rotation = rotation.next();
    }
    assertThat(validate(new RotationSchema(), rotation.put().json())).isEmpty();
    assertThat(rotation.put().json()).doesNotContain("PRIVATE KEY");
  }

  @Test
  void shouldMatchASuppliedCertificate() throws Exception {
    CertificateAuthority authority = TestMember.authority();
    Credential credential = new Credential(authority.key(), List.of(authority.certificate()));
    assertThat(validate(new RestCertificateSchema(), RestDocument.put(credential).json()))
        .isEmpty();
    assertThat(validate(new RestCertificateSchema(), "{\"chainPem\":\"c\"}")).isNotEmpty();
  }

  @Test
  void shouldKeepKeysAmongTheSecrets() {
    assertThat(SecretDocuments.covers(RestDocument.PATH)).isTrue();
    assertThat(SecretDocuments.covers(RotationDocument.PATH)).isTrue();
    assertThat(SecretDocuments.covers(Confirmations.PREFIX + "/n1")).isTrue();
    assertThat(new RestCertificateSchema().secret() && new RotationSchema().secret()).isTrue();
  }
}
