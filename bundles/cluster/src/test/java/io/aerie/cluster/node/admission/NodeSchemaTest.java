package io.aerie.cluster.node.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.aerie.base.NodeId;
import io.aerie.cluster.identity.Endpoint;
import io.aerie.cluster.identity.Member;
import io.aerie.cluster.identity.Service;
import io.aerie.cluster.node.admission.NodeRecord.Admission;
import io.aerie.config.schema.DocumentSchema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What this room writes into ConfigDB matches the schemas that it registers there. */
class NodeSchemaTest {
  private static final Member MEMBER =
      new Member(
          new NodeId("n1"),
          Map.of(Service.REST, new Endpoint("::1", 8443), Service.LOG, new Endpoint("h", 1)));

  private static List<Error> validate(DocumentSchema schema, String json) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(schema.json())
        .validate(json, InputFormat.JSON);
  }

  @Test
  void shouldMatchNodesWithAndWithoutAdmission() {
    Admission admission = new Admission("t", "k", "pem", Instant.EPOCH);
    for (Admission part : new Admission[] {null, admission}) {
      assertThat(
              validate(
                  new NodeSchema(),
                  new NodeRecord(MEMBER, "1f", "aa", Instant.EPOCH, part).put().json()))
          .isEmpty();
    }
  }

  @Test
  void shouldRefuseNodesThatCouldNotBeRead() {
    String json = new NodeRecord(MEMBER, "1f", "aa", Instant.EPOCH, null).put().json();
    for (String field : List.of("id", "endpoints", "certificateSerial", "joined")) {
      assertThat(validate(new NodeSchema(), json.replace('"' + field + '"', "\"other\"")))
          .as(field)
          .isNotEmpty();
    }
    assertThat(validate(new JoinTokenSchema(), "{}")).isNotEmpty();
  }
}
