package io.aerie.ardfs.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.aerie.ardfs.admin.PoolWishes.Wish;
import io.aerie.storage.admin.FailureDomain;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What this room writes into ConfigDB matches the schema that it registers there. */
class PoolSchemaTest {
  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(new PoolSchema().json());

  @Test
  void shouldMatchWishesAndRefuseWhatCouldNotBeRead() throws Exception {
    String json =
        new ObjectMapper()
            .writeValueAsString(Wish.of(UUID.randomUUID(), "fast-1", FailureDomain.NODE));
    assertThat(SCHEMA.validate(json, InputFormat.JSON)).isEmpty();
    assertThat(json).doesNotContain("failureDomain");
    Wish racks = Wish.of(UUID.randomUUID(), "fast-1", FailureDomain.RACK);
    String spread = new ObjectMapper().writeValueAsString(racks);
    assertThat(SCHEMA.validate(spread, InputFormat.JSON)).isEmpty();
    assertThat(SCHEMA.validate(spread.replace("rack", "shelf"), InputFormat.JSON)).hasSize(1);
    assertThat(SCHEMA.validate("{}", InputFormat.JSON)).hasSize(2);
    assertThat(SCHEMA.validate(json.replace("fast-1", "-fast"), InputFormat.JSON)).hasSize(1);
    assertThat(SCHEMA.validate(json.replace("{", "{\"size\":1,"), InputFormat.JSON)).hasSize(1);
  }
}
