package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.config.copies.ConfigRebuild.Wish;
import io.aerie.config.transfer.ConfigLogMove;
import io.aerie.face.fakes.FakeTransfer;
import io.aerie.rest.RestFixture.Answer;
import org.junit.jupiter.api.Test;

/** ConfigDB's export and import over HTTP; the file itself is tested where it is made. */
class ConfigTransferTest {
  private final RestFixture rest = new RestFixture();

  private static String body(String file, String passphrase) {
    return RestFixture.JSON
        .createObjectNode()
        .put("file", file)
        .put("passphrase", passphrase)
        .toString();
  }

  @Test
  void shouldAnswerTheFileAndTakeItBack() throws Exception {
    Answer plain = rest.post("config:export", "{}");
    assertThat(plain.status()).isEqualTo(200);
    assertThat(plain.response().body()).isEqualTo(FakeTransfer.PLAIN);
    assertThat(plain.header("Content-Type")).isEqualTo("application/x-ndjson");
    assertThat(plain.header("ETag")).isEqualTo("\"7\"");
    Answer sealed = rest.post("config:export", "{\"passphrase\":\"correct horse\"}");

    Answer imported =
        rest.post("config:import?mode=replace", body(sealed.response().body(), "correct horse"));
    assertThat(imported.status()).isEqualTo(200);
    assertThat(imported.json().path("revision").asLong()).isEqualTo(8);
    assertThat(imported.json().path("changes").path(0).path("action").asText()).isEqualTo("create");
    assertThat(rest.post("config:import", body(FakeTransfer.PLAIN, null)).status()).isEqualTo(200);
    assertThat(rest.transfer.imports()).containsExactly("REPLACE", "MERGE");
  }

  @Test
  void shouldChangeNothingOnDryRunAndOnRefusal() throws Exception {
    Answer dry = rest.post("config:import?dryRun=true", body(FakeTransfer.PLAIN, null));
    assertThat(dry.json().path("dryRun").asBoolean()).isTrue();
    assertThat(dry.json().path("changes")).hasSize(1);
    assertThat(rest.post("config:import", body("else", null)).code()).isEqualTo("invalid-value");
    assertThat(rest.post("config:import?mode=some", body(FakeTransfer.PLAIN, null)).code())
        .isEqualTo("invalid-value");
    assertThat(rest.post("config:import", "{}").code()).isEqualTo("invalid-value");
    for (String role : new String[] {"operator", "observer"}) {
      assertThat(rest.call(role, "POST", "config:export", "{}").status()).isEqualTo(403);
      assertThat(rest.call(role, "POST", "config:import", body(FakeTransfer.PLAIN, null)).status())
          .isEqualTo(403);
    }
    assertThat(rest.transfer.imports()).isEmpty();
  }

  @Test
  void shouldMoveTheLogForAdministratorsOnly() throws Exception {
    String wanted = "{\"provider\":\"ratis\"}";
    Answer dry = rest.post("config:log-move?dryRun=true", wanted);
    assertThat(dry.json().path("dryRun").asBoolean()).isTrue();
    Answer moved = rest.post("config:log-move", wanted);
    assertThat(moved.status()).isEqualTo(200);
    assertThat(moved.json().path("to").asText()).isEqualTo("ratis:config-2");
    assertThat(moved.json().path("waitingFor").path(0).asText()).isEqualTo("n2");
    assertThat(rest.post("config:log-move", "{}").code()).isEqualTo("invalid-value");
    for (String role : new String[] {"operator", "observer"}) {
      assertThat(rest.call(role, "POST", "config:log-move", wanted).status()).isEqualTo(403);
    }
    assertThat(rest.logMove.wishes())
        .containsExactly(
            new ConfigLogMove.Wish("ratis", true), new ConfigLogMove.Wish("ratis", false));
  }

  @Test
  void shouldRebuildForAdministratorsOnly() throws Exception {
    Answer dry = rest.post("config:rebuild?dryRun=true", "{}");
    assertThat(dry.status()).isEqualTo(200);
    assertThat(dry.json().path("restored").path("revision").asLong()).isEqualTo(42);
    assertThat(dry.json().path("copies").path(0).path("node").asText()).isEqualTo("n2");
    Answer rebuilt = rest.post("config:rebuild?force=true&withoutMissing=true", "{}");
    assertThat(rebuilt.json().path("changes")).hasSize(1);
    assertThat(rest.post("config:rebuild?discard=true", "{}").json().path("restored").isNull())
        .isTrue();
    assertThat(rest.rebuild.wishes())
        .containsExactly(
            new Wish(true, false, false, false),
            new Wish(false, true, true, false),
            new Wish(false, false, false, true));
    for (String role : new String[] {"operator", "observer"}) {
      assertThat(rest.call(role, "POST", "config:rebuild", "{}").status()).isEqualTo(403);
    }
    assertThat(rest.rebuild.wishes()).hasSize(3);
  }
}
