package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.rest.RestFixture.Answer;
import org.junit.jupiter.api.Test;

/** Scrubs and the quarantine, as users and their scripts see and change them. */
class ScrubsTest {
  private final RestFixture rest = new RestFixture();

  @Test
  void shouldBeginShowAndHoldAScrub() throws Exception {
    assertThat(rest.post("scrubs?dryRun=true", "{}").json().path("dryRun").asBoolean()).isTrue();
    assertThat(rest.get("scrubs").json().path("items")).isEmpty();
    Answer begun = rest.post("scrubs", "{\"volume\":\"v1\"}");
    assertThat(begun.status()).isEqualTo(201);
    assertThat(begun.header("Location")).endsWith("/api/v1/scrubs/7");
    Answer seen = rest.get("scrubs/7");
    assertThat(seen.json().path("subject").asText()).isEqualTo("v1");
    assertThat(seen.json().path("startedAt").asText()).isEqualTo("1970-01-01T00:00:00Z");
    String pause = "{\"state\":\"paused\"}";
    Answer held =
        rest.call("operator", "PATCH", "scrubs/7", pause, "If-Match", seen.header("ETag"));
    assertThat(held.json().path("state").asText()).isEqualTo("paused");
    assertThat(
            rest.call("operator", "PATCH", "scrubs/7", pause, "If-Match", seen.header("ETag"))
                .status())
        .isEqualTo(412);
    assertThat(rest.post("scrubs", "{}").json().path("scope").asText()).isEqualTo("all");
    assertThat(rest.get("scrubs").json().path("items")).hasSize(2);
  }

  @Test
  void shouldShowAndForgetWhatIsInQuarantine() throws Exception {
    assertThat(rest.get("quarantine").json().at("/items/0/id").asText()).isEqualTo("77");
    Answer held = rest.get("quarantine/77");
    assertThat(held.json().path("heldBytes").asLong()).isEqualTo(8192);
    assertThat(held.json().at("/nodes/0").asText()).isEqualTo("n1");
    assertThat(rest.get("quarantine/78").code()).isEqualTo("not-found");
    assertThat(rest.call("operator", "DELETE", "quarantine/78", null).code())
        .isEqualTo("not-found");
    assertThat(rest.call("observer", "DELETE", "quarantine/77", null).status()).isEqualTo(403);
    Answer dry = rest.call("operator", "DELETE", "quarantine/77?dryRun=true", null);
    assertThat(dry.json().path("dryRun").asBoolean()).isTrue();
    assertThat(rest.get("quarantine").json().path("items")).hasSize(1);
    assertThat(rest.call("operator", "DELETE", "quarantine/77", null).status()).isEqualTo(200);
    assertThat(rest.get("quarantine").json().path("items")).isEmpty();
  }

  @Test
  void shouldShowWhatIsLeftAndAcceptItOnlyWhenTold() throws Exception {
    Answer list = rest.get("recovery");
    assertThat(list.json().at("/items/0/id").asText()).isEqualTo("12/v");
    assertThat(list.json().at("/items/0/affectedBytes").asLong()).isEqualTo(8L << 20);
    assertThat(list.json().at("/items/0/staleSince").asLong()).isEqualTo(4);
    assertThat(list.json().at("/items/0/refusal").isNull()).isTrue();
    String body = "{\"pool\":\"default\",\"acceptStale\":true}";
    assertThat(rest.call("observer", "POST", "recovery", body).status()).isEqualTo(403);
    assertThat(rest.post("recovery", "{\"pool\":\"default\"}").code()).isEqualTo("invalid-value");
    assertThat(rest.post("recovery", body.replace("true", "false")).code())
        .isEqualTo("invalid-value");
    assertThat(rest.post("recovery?dryRun=true", body).json().path("dryRun").asBoolean()).isTrue();
    assertThat(rest.get("recovery").json().path("items")).hasSize(1);
    assertThat(rest.call("operator", "POST", "recovery", body, "If-Match", "\"1\"").status())
        .isEqualTo(412);
    Answer done = rest.post("recovery", body);
    assertThat(done.status()).isEqualTo(200);
    assertThat(done.json().at("/explanation/0").asText()).contains("d1");
    assertThat(rest.get("recovery").json().path("items")).isEmpty();
    assertThat(rest.post("recovery", body).code()).isEqualTo("conflict");
  }

  @Test
  void shouldRefuseWhatIsNotMeant() throws Exception {
    assertThat(rest.post("scrubs", "{\"volume\":\"v\",\"pool\":\"p\"}").code())
        .isEqualTo("invalid-value");
    rest.post("scrubs", "{}");
    assertThat(rest.call("operator", "PATCH", "scrubs/7", "{\"state\":\"done\"}").code())
        .isEqualTo("invalid-value");
    assertThat(rest.call("operator", "PATCH", "scrubs/8", "{\"state\":\"paused\"}").code())
        .isEqualTo("not-found");
    assertThat(rest.get("scrubs/7").json().path("state").asText()).isEqualTo("running");
  }
}
