package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.users.UserDirectory;
import io.aerie.rest.RestFixture.Answer;
import io.aerie.storage.admin.StorageAdministration;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What is refused, to whom, and how: always problem details with the stable code, never a trace of
 * the inside, and nothing changed.
 */
class RefusalTest {
  private RestFixture rest;

  @BeforeEach
  void start() {
    rest = new RestFixture();
  }

  private static void assertProblem(Answer answer, int status, String code) {
    assertThat(answer.response().body()).doesNotContain("io.aerie").doesNotContain("java.");
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    JsonNode json = answer.json();
    assertThat(json.path("code").asText()).isEqualTo(code);
    assertThat(json.path("status").asInt()).isEqualTo(status);
    assertThat(json.path("type").asText()).isEqualTo("urn:aerie:problem:" + code);
    assertThat(json.path("title").asText()).isNotEmpty();
    assertThat(json.path("detail").asText()).isNotEmpty();
    assertThat(json.has("why")).isTrue();
    assertThat(json.has("remedy")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"name\":\"v/1\",\"size\":\"4G\",\"protection\":\"rf3\"} | 400 | invalid-name",
        "{\"name\":\"\",\"size\":\"4G\",\"protection\":\"rf3\"} | 400 | invalid-name",
        "{\"size\":\"4G\",\"protection\":\"rf3\"} | 400 | invalid-value",
        "{\"name\":\"v1\",\"protection\":\"rf3\"} | 400 | invalid-value",
        "{\"name\":\"v1\",\"size\":\"-4G\",\"protection\":\"rf3\"} | 400 | invalid-size",
        "{\"name\":\"v1\",\"size\":\"4X\",\"protection\":\"rf3\"} | 400 | invalid-size",
        "{\"name\":\"v1\",\"size\":-4096,\"protection\":\"rf3\"} | 400 | invalid-size",
        "{\"name\":\"v1\",\"size\":4096.5,\"protection\":\"rf3\"} | 400 | invalid-size",
        "{\"name\":\"v1\",\"size\":true,\"protection\":\"rf3\"} | 400 | invalid-size",
        "{\"name\":\"v1\",\"size\":\"1000\",\"protection\":\"rf3\"} | 400 | invalid-size",
        "{\"name\":\"v1\",\"size\":\"4G\",\"protection\":\"rf9\"} | 400 | invalid-protection",
        "{\"name\":\"v1\",\"size\":\"1P\",\"protection\":\"rf3\"} | 422 | capacity-exceeded",
        "{\"name\":\"v1\",\"size\":\"4G\",\"protection\":\"rf3\",\"pool\":\"no\"} | 404 |"
            + " not-found",
        "{\"name\":\"v1\",\"size\":\"4G\",\"protection\":\"rf3\",\"siez\":1} | 400 | unknown-field",
        "{\"name\":7,\"size\":\"4G\",\"protection\":\"rf3\"} | 400 | invalid-value",
        "{\"name\":[\"v1\"],\"size\":\"4G\",\"protection\":\"rf3\"} | 400 | invalid-value",
        "{\"name\":\"v1\",\"name\":\"v2\",\"size\":\"4G\",\"protection\":\"rf3\"} | 400 |"
            + " malformed-body",
        "{\"name\":\"v1\" | 400 | malformed-body",
        "{} {} | 400 | malformed-body",
        "[] | 400 | malformed-body",
        "null | 400 | malformed-body",
        "7 | 400 | malformed-body",
        "` ` | 400 | malformed-body",
      })
  void shouldRefuseBadVolumeAndChangeNothing(String body, int status, String code)
      throws Exception {
    assertProblem(rest.post("volumes", body), status, code);
    assertThat(rest.storage.volumes()).isEmpty();
  }

  @Test
  void shouldRefuseBodiesOfOtherTypesAndSizes() throws Exception {
    String body = "{\"name\":\"v1\",\"size\":\"4G\",\"protection\":\"rf3\"}";
    assertProblem(
        rest.call("operator", "POST", "volumes", body, "Content-Type", "text/plain"),
        415,
        "unsupported-media-type");
    assertProblem(
        rest.send(
            rest.request("volumes")
                .header("Authorization", RestFixture.basic("operator", "secret-operator"))
                .POST(BodyPublishers.ofString(body))),
        415,
        "unsupported-media-type");
    String large = "{\"name\":\"" + "x".repeat(1 << 20) + "\"}";
    assertProblem(rest.post("volumes", large), 413, "too-large");
    assertProblem(
        rest.send(
            rest.request("volumes")
                .header("Authorization", RestFixture.basic("operator", "secret-operator"))
                .header("Content-Type", "application/json")
                .POST(
                    BodyPublishers.ofInputStream(
                        () ->
                            new java.io.ByteArrayInputStream(
                                large.getBytes(java.nio.charset.StandardCharsets.UTF_8))))),
        413,
        "too-large");
  }

  @Test
  void shouldRefuseUnknownPathsMethodsAndParameters() throws Exception {
    assertProblem(rest.get("nothing"), 404, "not-found");
    assertProblem(rest.get("volumes/none"), 404, "not-found");
    Answer method = rest.call("administrator", "PUT", "volumes", "{}");
    assertProblem(method, 405, "method-not-allowed");
    assertThat(method.header("Allow")).contains("GET").contains("POST");
    assertProblem(
        rest.post(
            "volumes?dryrun=true", "{\"name\":\"v1\",\"size\":\"4G\",\"protection\":\"rf3\"}"),
        400,
        "unknown-field");
    assertProblem(
        rest.post("volumes?dryRun=yes", "{\"name\":\"v1\",\"size\":\"4G\",\"protection\":\"rf3\"}"),
        400,
        "invalid-value");
    assertThat(rest.storage.volumes()).isEmpty();
    assertThat(rest.get("a%2Fb").header("Content-Type")).startsWith("application/problem+json");
    assertThat(rest.call("observer", "GET", "volumes", null, "Accept", "text/html").status())
        .isEqualTo(200);
  }

  @Test
  void shouldAskForCredentials() throws Exception {
    Answer none = rest.call(null, "GET", "volumes", null);
    assertProblem(none, 401, "unauthenticated");
    assertThat(none.header("WWW-Authenticate")).startsWith("Basic ");
    for (String header :
        List.of(
            RestFixture.basic("administrator", "wrong"),
            RestFixture.basic("nobody", "secret-nobody"),
            "Basic %%%",
            "Basic",
            "Basic bm9jb2xvbg==",
            "Bearer abc")) {
      assertProblem(
          rest.call(null, "GET", "volumes", null, "Authorization", header), 401, "unauthenticated");
    }
  }

  @Test
  void shouldGiveEachRoleItsRights() throws Exception {
    String volume = "{\"name\":\"v1\",\"size\":\"4G\",\"protection\":\"rf3\"}";
    for (String path :
        List.of("cluster", "cluster/members", "nodes", "disks", "pools", "volumes", "jobs")) {
      assertThat(rest.call("observer", "GET", path, null).status()).as(path).isEqualTo(200);
    }
    assertProblem(rest.call("observer", "POST", "volumes", volume), 403, "forbidden");
    assertProblem(rest.call("observer", "POST", "disks", "{}"), 403, "forbidden");
    assertProblem(rest.call("observer", "DELETE", "volumes/v1", null), 403, "forbidden");
    assertProblem(rest.call("operator", "POST", "cluster/tokens", "{}"), 403, "forbidden");
    assertProblem(rest.call("operator", "GET", "users", null), 403, "forbidden");
    assertProblem(rest.call("operator", "PUT", "config/a", "{}"), 403, "forbidden");
    assertProblem(rest.call("operator", "DELETE", "config/a", null), 403, "forbidden");
    assertThat(rest.call("operator", "POST", "volumes", volume).status()).isEqualTo(201);
  }

  @Test
  void shouldKeepTheConnectionOfARefusedRequest() throws Exception {
    for (int i = 0; i < 200; i++) {
      assertProblem(rest.call("observer", "POST", "disks", "{}"), 403, "forbidden");
      assertProblem(rest.call(null, "POST", "volumes", "{\"name\":"), 401, "unauthenticated");
      assertProblem(rest.call("operator", "POST", "nothing", "{}"), 404, "not-found");
    }
  }

  @Test
  void shouldHideSecretsOfConfigurationFromOthers() throws Exception {
    rest.config
        .commit(
            new ConfigTransaction(
                List.of(), List.of(new Change.Put("users/x", "user", "{\"hash\":\"h\"}"))))
        .join();
    rest.call("administrator", "PUT", "config/open", "{}");
    assertProblem(rest.call("operator", "GET", "config/users/x", null), 403, "forbidden");
    assertThat(
            rest.call("operator", "GET", "config?prefix=true", null)
                .json()
                .path("items")
                .findValuesAsText("id"))
        .containsExactly("open");
    assertThat(rest.get("config/users?prefix=true").json().path("items")).hasSize(1);
  }

  @Test
  void shouldShowHashesToNobody() throws Exception {
    String user = "{\"role\":\"OPERATOR\",\"passwordHash\":\"h4sh\"}";
    rest.config
        .commit(
            new ConfigTransaction(
                List.of(),
                List.of(
                    new Change.Put("users/x", "user", user),
                    new Change.Put("tokens/t", "token", "{\"hash\":\"h4sh\"}"))))
        .join();
    Answer one = rest.get("config/users/x");
    assertThat(one.json().path("value")).hasToString("{\"role\":\"OPERATOR\"}");
    for (String path :
        List.of(
            "config/tokens/t",
            "config?prefix=true",
            "config/users?prefix=true&fields=value",
            "config/tokens?prefix=true")) {
      Answer answer = rest.get(path);
      assertThat(answer.status()).as(path).isEqualTo(200);
      assertThat(answer.response().body()).as(path).contains("value").doesNotContain("h4sh");
    }
  }

  @Test
  void shouldLetNobodyGoRoundTheRulesOfUsersAndTokens() throws Exception {
    long revision = rest.config.localRevision();
    for (String path : List.of("users/administrator", "tokens/1", "cluster/tokens/1")) {
      assertProblem(rest.call("administrator", "PUT", "config/" + path, "{}"), 403, "forbidden");
      assertProblem(rest.call("administrator", "DELETE", "config/" + path, null), 403, "forbidden");
    }
    assertThat(rest.config.localRevision()).isEqualTo(revision);
  }

  @Test
  void shouldNoticeEveryChangeOfTheUser() throws Exception {
    assertThat(rest.call("operator", "GET", "volumes", null).status()).isEqualTo(200);
    assertProblem(
        rest.call(
            null, "GET", "volumes", null, "Authorization", RestFixture.basic("operator", "x")),
        401,
        "unauthenticated");
    Answer changed =
        rest.call("administrator", "PATCH", "users/operator", "{\"password\":\"another one\"}");
    assertThat(changed.status()).isEqualTo(200);
    assertProblem(rest.call("operator", "GET", "volumes", null), 401, "unauthenticated");
    rest.call("administrator", "DELETE", "users/observer", null);
    assertProblem(rest.call("observer", "GET", "volumes", null), 401, "unauthenticated");
  }

  @Test
  void shouldManageUsers() throws Exception {
    String user = "{\"name\":\"u1\",\"password\":\"%s\",\"role\":\"%s\"}";
    assertProblem(rest.post("users", user.formatted("short", "observer")), 400, "invalid-value");
    assertProblem(rest.post("users", user.formatted("long enough", "god")), 400, "invalid-value");
    Answer created = rest.post("users", user.formatted("long enough", "observer"));
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.response().body()).doesNotContain("long enough");
    assertProblem(
        rest.post("users", user.formatted("long enough", "observer")), 409, "already-exists");
    assertProblem(
        rest.post("users?dryRun=true", user.formatted("long enough", "observer")),
        409,
        "already-exists");
    assertProblem(
        rest.call("administrator", "DELETE", "users/u1", null, "If-Match", "\"1\""),
        412,
        "precondition-failed");
    assertProblem(
        rest.call("administrator", "DELETE", "users/u1?dryRun=true", null, "If-Match", "\"1\""),
        412,
        "precondition-failed");
  }

  @Test
  void shouldNeverIgnoreIfMatch() throws Exception {
    rest.post("tokens", "{\"name\":\"t\"}");
    for (String path :
        List.of(
            "tokens/administrator-t",
            "tokens/administrator-t?dryRun=true",
            "quarantine/77",
            "quarantine/77?dryRun=true")) {
      assertProblem(
          rest.call("administrator", "DELETE", path, null, "If-Match", "\"7\""),
          412,
          "precondition-failed");
    }
    String tag = rest.get("tokens/administrator-t").header("ETag");
    for (String[] request :
        new String[][] {{"tokens/administrator-t", tag}, {"quarantine/77", "*"}}) {
      assertThat(
              rest.call("administrator", "DELETE", request[0], null, "If-Match", request[1])
                  .status())
          .isEqualTo(200);
    }
  }

  @Test
  void shouldSayWhichSubsystemIsAway() throws Exception {
    rest.subsystems.remove(ConfigStore.class);
    Answer config = rest.get("config/a");
    assertProblem(config, 503, "unavailable");
    assertThat(config.json().path("detail").asText()).contains("ConfigDB");
    rest.subsystems.remove(StorageAdministration.class);
    assertThat(rest.get("pools").json().path("detail").asText()).contains("storage");
    rest.subsystems.remove(UserDirectory.class);
    assertProblem(rest.get("pools"), 503, "unavailable");
  }

  @Test
  void shouldTellNothingOfTheInside() throws Exception {
    rest.storage.failWith(new IllegalStateException("java.lang.Secret at io.aerie.Inside"));
    assertProblem(rest.post("pools", "{\"name\":\"p\"}"), 500, "internal");
    rest.storage.failWith(new AerieException(ErrorCode.NO_SPACE, "The log is full"));
    assertProblem(rest.post("pools", "{\"name\":\"p\"}"), 507, "no-space");
  }
}
