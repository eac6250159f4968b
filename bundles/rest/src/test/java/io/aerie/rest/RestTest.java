package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.health.HealthProblem;
import io.aerie.cluster.log.ReplicatedLog;
import io.aerie.cluster.log.ReplicatedLog.Role;
import io.aerie.face.NamedLog;
import io.aerie.face.fakes.FakeLog;
import io.aerie.rest.RestFixture.Answer;
import io.aerie.storage.admin.StorageAdministration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What users and their scripts get: objects, lists, changes. Over the real server with TLS; the
 * subsystems are fakes.
 */
class RestTest {
  private RestFixture rest;

  @BeforeEach
  void start() {
    rest = new RestFixture();
  }

  private static String volume(String name) {
    return "{\"name\":\"" + name + "\",\"size\":\"4G\",\"protection\":\"rf3\"}";
  }

  @Test
  void shouldCreateVolumeAndAnswerWhereItIs() throws Exception {
    Answer created = rest.post("volumes", volume("v1"));

    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header("Location")).endsWith("/api/v1/volumes/id-v1").startsWith("https://");
    assertThat(created.json().path("sizeBytes").asLong()).isEqualTo(4L << 30);
    assertThat(created.json().path("toleratedNodeFailures").asInt()).isEqualTo(2);
    assertThat(created.json().path("explanation").path(0).asText()).contains("3 nodes");
    for (String key : List.of("id-v1", "v1")) {
      Answer found = rest.get("volumes/" + key);
      assertThat(found.status()).isEqualTo(200);
      assertThat(found.json().path("owner").asText()).isEqualTo("n1");
      assertThat(found.header("ETag"))
          .isEqualTo('"' + found.json().path("revision").asText() + '"');
    }
  }

  @Test
  void shouldFindWhatAnotherNodeMadeTheMomentBefore() throws Exception {
    rest.storage.madeElsewhere("v1");
    assertThat(rest.get("volumes/v1").status()).isEqualTo(200);
    assertThat(rest.get("volumes/v2").status()).isEqualTo(404);
  }

  @Test
  void shouldSayThatNobodyCanTellWhetherThereIsSuchAnObject() throws Exception {
    rest.storage.failWith(new AerieException(ErrorCode.UNAVAILABLE, "no majority"));
    assertThat(rest.get("volumes/v1").status()).isEqualTo(503);
  }

  @Test
  void shouldAcceptSizeAsNumberOfBytes() throws Exception {
    Answer created = rest.post("volumes", "{\"name\":\"v1\",\"size\":8192,\"protection\":\"RF2\"}");
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.json().path("sizeBytes").asLong()).isEqualTo(8192);
  }

  @Test
  void shouldChangeNothingOnDryRun() throws Exception {
    Answer dry = rest.post("volumes?dryRun=true", volume("v1"));

    assertThat(dry.status()).isEqualTo(200);
    assertThat(dry.json().path("dryRun").asBoolean()).isTrue();
    assertThat(dry.json().path("freeBytesAfter").asLong()).isEqualTo(52L << 30);
    assertThat(rest.get("volumes/v1").status()).isEqualTo(404);
    assertThat(rest.post("pools?dryRun=true", "{\"name\":\"fast\"}").status()).isEqualTo(200);
    assertThat(rest.get("pools/fast").status()).isEqualTo(404);
    assertThat(rest.post("disks?dryRun=true", "{\"path\":\"/dev/sdx\"}").status()).isEqualTo(200);
    assertThat(rest.get("disks").json().path("items")).isEmpty();
    String user = "{\"name\":\"u\",\"password\":\"long enough\",\"role\":\"observer\"}";
    assertThat(rest.post("users?dryRun=true", user).status()).isEqualTo(200);
    assertThat(rest.get("users/u").status()).isEqualTo(404);
    assertThat(rest.post("cluster/tokens?dryRun=true", "{}").status()).isEqualTo(200);
    assertThat(rest.cluster.issued()).isNull();
  }

  @Test
  void shouldDeleteOnlyTheRevisionThatWasSeen() throws Exception {
    rest.post("volumes", volume("v1"));
    String tag = rest.get("volumes/v1").header("ETag");

    for (String stale : List.of("\"1\"", "W/\"1\"", "nonsense")) {
      Answer refused = rest.call("operator", "DELETE", "volumes/v1", null, "If-Match", stale);
      assertThat(refused.status()).as(stale).isEqualTo(412);
      assertThat(refused.code()).isEqualTo("precondition-failed");
    }
    assertThat(rest.call("operator", "DELETE", "volumes/v1?dryRun=true", null).status())
        .isEqualTo(200);
    assertThat(rest.get("volumes/v1").status()).isEqualTo(200);
    assertThat(rest.call("operator", "DELETE", "volumes/v1", null, "If-Match", tag).status())
        .isEqualTo(200);
    assertThat(rest.get("volumes/v1").status()).isEqualTo(404);
  }

  @Test
  void shouldPageThroughListEvenWhenTheLastItemIsGone() throws Exception {
    for (String name : List.of("b", "d", "a", "c", "e")) {
      rest.post("volumes", volume(name));
    }
    List<String> seen = new ArrayList<>();
    String next = "";
    do {
      JsonNode page = rest.get("volumes?limit=2" + next).json();
      page.path("items").forEach(item -> seen.add(item.path("name").asText()));
      if (seen.size() == 2) {
        rest.call("operator", "DELETE", "volumes/b", null);
      }
      next = page.path("next").isNull() ? null : "&after=" + page.path("next").asText();
    } while (next != null);
    assertThat(seen).containsExactly("a", "b", "c", "d", "e");
  }

  @Test
  void shouldFilterAndProject() throws Exception {
    rest.post("volumes", volume("a"));
    rest.post("volumes", volume("b"));

    JsonNode page = rest.get("volumes?filter=name=b&fields=name,sizeBytes").json();
    assertThat(page.path("items")).hasSize(1);
    List<String> fields = new ArrayList<>();
    page.path("items").path(0).fieldNames().forEachRemaining(fields::add);
    assertThat(fields).containsExactlyInAnyOrder("id", "name", "sizeBytes");
    assertThat(rest.get("volumes?filter=nme=b").code()).isEqualTo("unknown-field");
    assertThat(rest.get("volumes?fields=nme").code()).isEqualTo("unknown-field");
    assertThat(rest.get("volumes?filter=name").code()).isEqualTo("invalid-value");
    for (String limit : List.of("0", "-1", "1001", "x")) {
      assertThat(rest.get("volumes?limit=" + limit).code()).as(limit).isEqualTo("invalid-value");
    }
    assertThat(rest.get("volumes?after=%25%25").code()).isEqualTo("invalid-value");
  }

  @Test
  void shouldGiveEveryObjectIdNameAndRevision() throws Exception {
    rest.post("volumes", volume("v1"));
    rest.post("disks", "{\"path\":\"/data/d1\",\"pool\":\"default\",\"force\":true}");
    rest.call("administrator", "PUT", "config/a/b", "{\"x\":1}");
    for (String list :
        List.of(
            "nodes",
            "disks",
            "pools",
            "volumes",
            "jobs",
            "users",
            "cluster/members",
            "config?prefix=true")) {
      JsonNode items = rest.get(list).json().path("items");
      assertThat(items).as(list).isNotEmpty();
      for (JsonNode item : items) {
        assertThat(item.path("id").asText()).as(list).isNotEmpty();
        assertThat(item.path("name").asText()).as(list).isNotEmpty();
        assertThat(item.path("revision").isIntegralNumber()).as(list).isTrue();
      }
    }
    JsonNode job = rest.get("jobs/j1").json();
    assertThat(job.path("groupsTotal").asLong()).isEqualTo(4);
    assertThat(job.path("rateBytesPerSecond").isNull()).isTrue();
    assertThat(job.path("secondsLeft").asLong()).isEqualTo(9);
  }

  @Test
  void shouldShowCluster() throws Exception {
    rest.call("administrator", "PUT", "config/a", "{}");
    Answer cluster = rest.get("cluster");
    assertThat(cluster.json().path("id").asText()).isEqualTo(rest.cluster.clusterId());
    assertThat(cluster.json().path("name").asText()).isEqualTo("eyrie");
    assertThat(cluster.json().path("members")).hasSize(3);
    assertThat(cluster.json().path("members").path(2).path("reachable").asBoolean()).isFalse();
    assertThat(cluster.header("ETag")).isEqualTo("\"1\"");
  }

  @Test
  void shouldIssueTokenWithinBounds() throws Exception {
    Answer token = rest.post("cluster/tokens", "{\"validity\":\"30m\"}");
    assertThat(token.status()).isEqualTo(201);
    assertThat(token.json().path("token").asText()).isEqualTo("token-text");
    assertThat(token.json().path("expires").asText()).isEqualTo("2030-01-01T00:00:00Z");
    assertThat(rest.cluster.issued()).hasMinutes(30);
    for (String validity : List.of("25h", "1s", "1w", "-1h", "")) {
      Answer refused = rest.post("cluster/tokens", "{\"validity\":\"" + validity + "\"}");
      assertThat(refused.code()).as(validity).isEqualTo("invalid-value");
    }
  }

  @Test
  void shouldTellANodeThatItWasRemovedAndNothingElse() throws Exception {
    String path = "cluster/members/removed";
    Answer told = rest.call(null, "GET", path + "?key=aa&serial=1f", null);
    assertThat(told.status()).isEqualTo(200);
    assertThat(told.json().toString()).isEqualTo("{\"removed\":\"2030-01-01T00:00:00Z\"}");
    assertThat(rest.call(null, "GET", path + "?key=bb&serial=1f", null).code())
        .isEqualTo("not-found");
    assertThat(rest.call(null, "GET", path + "?key=aa", null).code()).isEqualTo("invalid-value");
  }

  @Test
  void shouldAdmitNodeByItsTokenAlone() throws Exception {
    String body =
        "{\"token\":\"%s\",\"node\":{\"id\":\"n4\",\"endpoints\":{\"CLUSTER\":\"%s\"}},"
            + "\"certificateRequestPem\":\"CSR\"}";
    Answer granted =
        rest.call(null, "POST", "cluster/members", body.formatted("good", "127.0.0.1:7004"));
    assertThat(granted.status()).isEqualTo(201);
    JsonNode json = granted.json();
    assertThat(json.path("clusterId").asText()).isEqualTo(rest.cluster.clusterId());
    assertThat(json.path("clusterName").asText()).isEqualTo("eyrie");
    assertThat(json.path("members").path(1).path("endpoints").path("CLUSTER").asText())
        .isEqualTo("127.0.0.1:7002");
    assertThat(json.path("certificatePem").asText()).isEqualTo("CERT");
    assertThat(json.path("caCertificatePem").asText()).isEqualTo("CA");
    assertThat(json.path("caKeyPem").asText()).isEqualTo("KEY");
    assertThat(rest.cluster.admitted().node().id().value()).isEqualTo("n4");

    Answer wrong = rest.call(null, "POST", "cluster/members", body.formatted("bad", "h:1"));
    assertThat(wrong.status()).isEqualTo(403);
    assertThat(wrong.code()).isEqualTo("token-invalid");
    for (String endpoint : List.of("h", "h:0", "h:x", ":1", "h:70000")) {
      Answer refused = rest.call(null, "POST", "cluster/members", body.formatted("good", endpoint));
      assertThat(refused.code()).as(endpoint).isEqualTo("invalid-value");
    }
  }

  @Test
  void shouldKeepConfiguration() throws Exception {
    Answer created = rest.call("administrator", "PUT", "config/a/b", "{\"x\":1}");
    assertThat(created.status()).isEqualTo(201);
    // a body that was read leaves the connection good for the next request
    assertThat(created.header("Connection")).isNull();
    assertThat(created.json().path("revision").asLong()).isEqualTo(1);
    Answer found = rest.get("config/a/b");
    assertThat(found.json().path("value").path("x").asInt()).isEqualTo(1);
    assertThat(found.header("ETag")).isEqualTo("\"1\"");

    Answer replaced =
        rest.call("administrator", "PUT", "config/a/b?type=t", "{\"x\":2}", "If-Match", "\"1\"");
    assertThat(replaced.status()).isEqualTo(200);
    assertThat(replaced.json().path("revision").asLong()).isEqualTo(2);
    Answer stale =
        rest.call("administrator", "PUT", "config/a/b", "{\"x\":3}", "If-Match", "\"1\"");
    assertThat(stale.status()).isEqualTo(412);
    Answer twice =
        rest.call("administrator", "PUT", "config/a/b", "{\"x\":3}", "If-None-Match", "*");
    assertThat(twice.status()).isEqualTo(412);
    assertThat(rest.get("config/a/b").json().path("value").path("x").asInt()).isEqualTo(2);
    assertThat(rest.get("config/a?prefix=true").json().path("items")).hasSize(1);
    assertThat(rest.get("config/a").status()).isEqualTo(404);
    assertThat(rest.call("administrator", "DELETE", "config/a/b", null).status()).isEqualTo(200);
    assertThat(rest.get("config/a/b").status()).isEqualTo(404);
  }

  /** What it doesn't know yet must neither hinder a write nor make its answer untrue. */
  @Test
  void shouldWriteThroughANodeThatIsBehind() throws Exception {
    rest.call("administrator", "PUT", "config/old?type=kept", "{\"x\":1}");
    rest.config.stayBehind();
    rest.call("administrator", "PUT", "config/old?type=other", "{\"x\":2}");
    Answer again = rest.call("administrator", "PUT", "config/old", "{\"x\":3}");
    assertThat(again.status()).isEqualTo(200);
    assertThat(rest.get("config/old").json().path("type").asText()).isEqualTo("other");
    assertThat(rest.get("config/old").json().path("value").path("x").asInt()).isEqualTo(3);
    Answer matching =
        rest.call("administrator", "PUT", "config/old", "{\"x\":4}", "If-Match", "\"3\"");
    assertThat(matching.status()).isEqualTo(200);
    Answer stale =
        rest.call("administrator", "PUT", "config/old", "{\"x\":5}", "If-Match", "\"1\"");
    assertThat(stale.status()).isEqualTo(412);
    assertThat(rest.call("administrator", "PUT", "config/new", "{}").status()).isEqualTo(201);
    assertThat(rest.call("administrator", "PUT", "config/new", "{}").status()).isEqualTo(200);
    assertThat(rest.call("administrator", "PUT", "config/new", "{}", "If-None-Match", "*").status())
        .isEqualTo(412);
  }

  @Test
  void shouldTellHealthToAnybody() throws Exception {
    assertThat(rest.call(null, "GET", "health", null).status()).isEqualTo(200);
    rest.storage.nodeState("down");
    Answer down = rest.call(null, "GET", "health", null);
    assertThat(down.status()).isEqualTo(503);
    assertThat(down.json().path("reasons")).hasSize(1);
    rest.subsystems.remove(StorageAdministration.class);
    assertThat(rest.call(null, "GET", "health", null).json().path("why").asText())
        .contains("storage");
  }

  @Test
  void shouldTellThatANodeIsUnhealthyUntilSomebodyActs() throws Exception {
    assertThat(health("lasting").isMissingNode()).isTrue();
    FakeLog rcd = new FakeLog("n1");
    rest.subsystems.with(new NamedLog("rcd", rcd));
    assertThat(rest.call(null, "GET", "health", null).status()).isEqualTo(200);
    rcd.role = Role.CLOSED;
    assertThat(health("lasting").asBoolean(true)).isFalse();
    assertThat(health("why").asText()).contains("'rcd' has stopped");
    rest.subsystems.with(
        new HealthProblem("ConfigDB", new AerieException(ErrorCode.CORRUPT, "/data/x is damaged")));
    assertThat(health("lasting").asBoolean()).isTrue();
    assertThat(health("why").asText())
        .contains("ConfigDB stays away from this node: corrupt")
        .doesNotContain("/data");
  }

  @Test
  void shouldWarnOfALogThatIsNotCut() throws Exception {
    FakeLog config = new FakeLog("n1");
    rest.subsystems.with(new NamedLog("config", config));
    assertThat(health("warnings")).isEmpty();
    config.bytes = ReplicatedLog.BYTES_EXPECTED_MAX + 1;
    assertThat(rest.call(null, "GET", "health", null).status()).isEqualTo(200);
    assertThat(health("warnings").path(0).asText())
        .contains("'config' has 128 MiB")
        .contains("aerie-config:log-move");
    JsonNode cluster = rest.call("observer", "GET", "cluster", null).json();
    assertThat(cluster.path("warnings")).isEqualTo(health("warnings"));
    assertThat(cluster.path("logs").path(0).path("logBytes").asLong()).isEqualTo(config.bytes);
  }

  private JsonNode health(String field) throws Exception {
    return rest.call(null, "GET", "health", null).json().path(field);
  }

  @Test
  void shouldDescribeEveryResource() throws Exception {
    Answer answer = rest.call(null, "GET", "openapi.json", null);
    assertThat(answer.status()).isEqualTo(200);
    JsonNode paths = answer.json().path("paths");
    List<String> names = new ArrayList<>();
    paths.fieldNames().forEachRemaining(names::add);
    assertThat(names)
        .contains(
            "/api/v1/cluster",
            "/api/v1/cluster/tokens",
            "/api/v1/cluster/members",
            "/api/v1/cluster/members/removed",
            "/api/v1/nodes",
            "/api/v1/nodes/{id}",
            "/api/v1/disks",
            "/api/v1/pools",
            "/api/v1/volumes",
            "/api/v1/volumes/{id}",
            "/api/v1/jobs",
            "/api/v1/users",
            "/api/v1/users/{name}",
            "/api/v1/health",
            "/api/v1/openapi.json")
        .anyMatch(name -> name.startsWith("/api/v1/config"));
    JsonNode create = paths.path("/api/v1/volumes").path("post");
    assertThat(create.path("summary").asText()).isNotEmpty();
    assertThat(create.toString()).contains("dryRun").contains("4XX");
    assertThat(answer.json().at("/components/schemas/NewVolume/properties/size/type").asText())
        .isEqualTo("string");
  }
}
