package io.aerie.ardfs.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.aerie.ardfs.admin.PoolWishes.Wish;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What this room writes into ConfigDB matches the schema that it registers there. */
class PoolSchemaTest {
  private static final Schema SCHEMA =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(new PoolSchema().json());

  @Test
  void shouldMatchWishesAndRefuseWhatCouldNotBeRead() throws Exception {
    String json = new ObjectMapper().writeValueAsString(new Wish(UUID.randomUUID(), "fast-1"));
    assertThat(SCHEMA.validate(json, InputFormat.JSON)).isEmpty();
    assertThat(SCHEMA.validate("{}", InputFormat.JSON)).hasSize(2);
    assertThat(SCHEMA.validate(json.replace("fast-1", "-fast"), InputFormat.JSON)).hasSize(1);
    assertThat(SCHEMA.validate(json.replace("{", "{\"size\":1,"), InputFormat.JSON)).hasSize(1);
  }
}
