package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aerie.config.copies.ConfigRebuild.Wish;
import io.aerie.config.transfer.ConfigLogMove;
import io.aerie.face.fakes.FakeTransfer;
import io.aerie.rest.RestFixture.Answer;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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

  private static byte[] file(int bytes) {
    byte[] file = new byte[bytes];
    Arrays.fill(file, (byte) 'x');
    byte[] plain = FakeTransfer.PLAIN.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(plain, 0, file, 0, plain.length);
    return file;
  }

  private HttpRequest.Builder request(BodyPublisher body, String... headers) {
    HttpRequest.Builder request =
        rest.request("config:import")
            .setHeader("Authorization", RestFixture.basic("administrator", "secret-administrator"))
            .setHeader("Content-Type", "application/x-ndjson")
            .POST(body);
    return headers.length == 0 ? request : request.headers(headers);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** What an export answers is taken back as it is, up to the limit of files. */
  @Test
  void shouldTakeFilesUpToTheirOwnLimit() throws Exception {
    int most = RestFixture.FILE_BYTES_MAX;
    byte[] largest = file(most);
    byte[] larger = file(most + 1);
    assertThat(rest.send(request(BodyPublishers.ofByteArray(largest))).status()).isEqualTo(200);
    assertThat(rest.transfer.lastBytes()).isEqualTo(most);
    assertThat(rest.send(request(chunked(file(most - 7)))).status()).isEqualTo(200);
    assertThat(rest.transfer.lastBytes()).isEqualTo(most - 7);
    assertThat(rest.transfer.imports()).hasSize(2);

    for (BodyPublisher body : List.of(BodyPublishers.ofByteArray(larger), chunked(larger))) {
      Answer refused = rest.send(request(body));
      assertThat(refused.status()).isEqualTo(413);
      assertThat(refused.code()).isEqualTo("too-large");
      assertThat(refused.json().path("why").asText()).contains(Integer.toString(most));
    }
    String text = new String(file(1 << 20), StandardCharsets.US_ASCII);
    assertThat(rest.post("config:import", body(text, null)).code()).isEqualTo("too-large");
    assertThat(rest.transfer.imports()).hasSize(2);
  }

  private static BodyPublisher chunked(byte[] file) {
    return BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(file));
  }

  @Test
  void shouldOpenAnEncryptedFileByTheHeader() throws Exception {
    String sealed =
        rest.post("config:export", "{\"passphrase\":\"größer als zwölf\"}").response().body();
    BodyPublisher body = BodyPublishers.ofString(sealed);
    assertThat(rest.send(request(body)).code()).isEqualTo("invalid-value");
    assertThat(rest.send(request(body, "Aerie-Passphrase", "not base64")).code())
        .isEqualTo("invalid-value");
    assertThat(rest.send(request(body, "Aerie-Passphrase", base64("another"))).code())
        .isEqualTo("invalid-value");
    assertThat(rest.transfer.imports()).isEmpty();
    assertThat(rest.send(request(body, "Aerie-Passphrase", base64("größer als zwölf"))).status())
        .isEqualTo(200);
    assertThat(
            rest.call(
                    "administrator",
                    "POST",
                    "config:import",
                    body(FakeTransfer.PLAIN, null),
                    "Aerie-Passphrase",
                    base64("largely ignored"))
                .code())
        .isEqualTo("invalid-value");
    assertThat(rest.transfer.imports()).hasSize(1);
  }

  @Test
  void shouldHoldOneFileAtATime() throws Exception {
    CompletableFuture<Void> end = new CompletableFuture<>();
    rest.transfer.endWith(end);
    BodyPublisher body = BodyPublishers.ofString(FakeTransfer.PLAIN);
    CompletableFuture<Answer> first =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return rest.send(request(body));
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(rest.transfer.awaitBegun()).isTrue();
    Answer second = rest.send(request(body));
    assertThat(second.status()).isEqualTo(429);
    assertThat(second.code()).isEqualTo("limit-reached");
    end.complete(null);
    assertThat(first.get(60, TimeUnit.SECONDS).status()).isEqualTo(200);
    assertThat(rest.send(request(body)).status()).isEqualTo(200);
  }

  @Test
  void shouldTakeFilesOfAdministratorsWithAPasswordOnly() throws Exception {
    BodyPublisher body = BodyPublishers.ofString(FakeTransfer.PLAIN);
    String token = rest.post("tokens", "{\"name\":\"t\"}").json().path("token").asText();
    for (String credentials :
        List.of(
            RestFixture.basic("operator", "secret-operator"),
            RestFixture.basic("observer", "secret-observer"),
            "Bearer " + token)) {
      HttpRequest.Builder request = request(body).setHeader("Authorization", credentials);
      assertThat(rest.send(request).code()).isEqualTo("forbidden");
    }
    assertThat(rest.transfer.imports()).isEmpty();
  }

  @Test
  void shouldDescribeBothFormsOfAnImport() throws Exception {
    JsonNode operation =
        rest.get("openapi.json").json().path("paths").path("/api/v1/config:import").path("post");
    assertThat(operation.path("requestBody").path("content").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("application/x-ndjson", "application/json");
    assertThat(operation.path("parameters").findValuesAsText("name"))
        .containsExactlyInAnyOrder("Aerie-Passphrase", "mode", "dryRun", "takeOver");
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
