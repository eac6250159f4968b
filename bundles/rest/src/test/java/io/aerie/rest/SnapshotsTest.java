package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.rest.RestFixture.Answer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Snapshots, clones, going back and other sizes, as users and their scripts get them. */
class SnapshotsTest {
  private RestFixture rest;

  @BeforeEach
  void makeAVolume() throws Exception {
    rest = new RestFixture();
    rest.post("volumes", "{\"name\":\"v1\",\"size\":\"4G\",\"protection\":\"rf3\"}");
  }

  private Answer snapshot(String name) throws Exception {
    return rest.post("volumes/v1/snapshots", "{\"name\":\"" + name + "\"}");
  }

  @Test
  void shouldMakeListAndDeleteSnapshots() throws Exception {
    Answer made = snapshot("s1");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.header("Location")).endsWith("/api/v1/volumes/v1/snapshots/id-v1-s1");
    snapshot("s2");
    JsonNode list = rest.get("volumes/id-v1/snapshots?fields=name,volume&limit=1").json();
    assertThat(list.path("items")).hasSize(1);
    assertThat(list.at("/items/0/volume").asText()).isEqualTo("v1");
    assertThat(list.path("next").isTextual()).isTrue();
    Answer one = rest.get("volumes/v1/snapshots/s1");
    assertThat(one.json().path("createdAt").asText()).isEqualTo("1970-01-01T00:00:00Z");
    Answer stale =
        rest.call("operator", "DELETE", "volumes/v1/snapshots/s1", null, "If-Match", "\"1\"");
    assertThat(stale.status()).isEqualTo(412);
    Answer gone =
        rest.call(
            "operator", "DELETE", "volumes/v1/snapshots/s1", null, "If-Match", one.header("ETag"));
    assertThat(gone.status()).isEqualTo(200);
    assertThat(rest.get("volumes/v1/snapshots/s1").code()).isEqualTo("not-found");
    assertThat(rest.get("volumes/v2/snapshots").code()).isEqualTo("not-found");
  }

  @Test
  void shouldCloneToAVolumeLikeOthers() throws Exception {
    snapshot("s1");
    Answer made = rest.post("volumes/v1/clones", "{\"name\":\"c1\",\"snapshot\":\"s1\"}");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.header("Location")).endsWith("/api/v1/volumes/id-c1");
    assertThat(rest.get("volumes/c1").json().path("originSnapshot").asText()).isEqualTo("s1");
    assertThat(rest.get("volumes/v1").json().path("originVolume").isNull()).isTrue();
    assertThat(rest.get("volumes/v1/clones").json().at("/items/0/name").asText()).isEqualTo("c1");
    assertThat(rest.get("volumes/c1/clones").json().path("items")).isEmpty();
    assertThat(rest.post("volumes/v1/clones", "{\"name\":\"c2\"}").code())
        .isEqualTo("invalid-value");
  }

  @Test
  void shouldLimitWhatIsSent() throws Exception {
    String seen = rest.get("volumes/v1").header("ETag");
    assertThat(rest.get("volumes/v1").json().path("limits").path("readBytesPerSecond").isNull())
        .isTrue();
    String limits =
        "{\"limits\":{\"writeOperationsPerSecond\":200,\"readBytesPerSecond\":\"10MiB\"}}";
    assertThat(rest.call("operator", "PATCH", "volumes/v1?dryRun=true", limits).status())
        .isEqualTo(200);
    Answer limited = rest.call("operator", "PATCH", "volumes/v1", limits, "If-Match", seen);
    assertThat(limited.status()).isEqualTo(200);
    assertThat(limited.json().path("limits").path("readBytesPerSecond").asLong())
        .isEqualTo(10 << 20);
    assertThat(rest.call("operator", "PATCH", "volumes/v1", limits, "If-Match", seen).status())
        .isEqualTo(412);
    assertThat(rest.call("observer", "PATCH", "volumes/v1", limits).status()).isEqualTo(403);
    String both = "{\"size\":\"8G\",\"limits\":{\"readOperationsPerSecond\":1}}";
    assertThat(rest.call("operator", "PATCH", "volumes/v1", both).code())
        .isEqualTo("invalid-value");
    String fewer = "{\"limits\":{\"readBytesPerSecond\":0}}";
    assertThat(rest.call("operator", "PATCH", "volumes/v1", fewer).status()).isEqualTo(200);
    JsonNode left = rest.get("volumes/v1").json().path("limits");
    assertThat(left.path("writeOperationsPerSecond").asLong()).isEqualTo(200);
    assertThat(left.path("readBytesPerSecond").isNull()).isTrue();
    String wrong = "{\"limits\":{\"writeBytesPerSecond\":\"much\"}}";
    assertThat(rest.call("operator", "PATCH", "volumes/v1", wrong).code())
        .isEqualTo("invalid-size");
  }

  @Test
  void shouldGoBackAndResizeTheRevisionThatWasSeen() throws Exception {
    snapshot("s1");
    String seen = rest.get("volumes/v1").header("ETag");
    Answer larger =
        rest.call("operator", "PATCH", "volumes/v1", "{\"size\":\"8G\"}", "If-Match", seen);
    assertThat(larger.status()).isEqualTo(200);
    assertThat(larger.json().path("sizeBytes").asLong()).isEqualTo(8L << 30);
    String back = "{\"snapshot\":\"s1\"}";
    assertThat(rest.call("operator", "POST", "volumes/v1:revert", back, "If-Match", seen).status())
        .isEqualTo(412);
    assertThat(rest.call("operator", "PATCH", "volumes/v1", "{\"size\":\"1G\"}").status())
        .isEqualTo(412);
    assertThat(rest.call("operator", "PATCH", "volumes/v1", "{}").code())
        .isEqualTo("invalid-value");
    assertThat(rest.get("volumes/v1").json().path("sizeBytes").asLong()).isEqualTo(8L << 30);
    Answer reverted = rest.post("volumes/v1:revert", back);
    assertThat(reverted.status()).isEqualTo(200);
    assertThat(reverted.json().path("sizeBytes").asLong()).isEqualTo(4L << 30);
    assertThat(
            rest.call("operator", "PATCH", "volumes/v1", "{\"size\":\"1G\",\"force\":true}")
                .status())
        .isEqualTo(200);
  }

  @Test
  void shouldGiveAVolumeAnotherProtection() throws Exception {
    String code = "{\"protection\":\"ec4+2\"}";
    assertThat(
            rest.call("operator", "POST", "volumes/v1:convert", code, "If-Match", "\"999\"")
                .status())
        .isEqualTo(412);
    assertThat(rest.post("volumes/v1:convert", "{}").code()).isEqualTo("invalid-value");
    Answer converted = rest.post("volumes/v1:convert", code);
    assertThat(converted.status()).isEqualTo(200);
    assertThat(rest.get("volumes/v1").json().path("protection").asText()).isEqualTo("ec4+2");
  }

  @Test
  void shouldChangeNothingOnDryRun() throws Exception {
    snapshot("s1");
    String before = rest.get("volumes").json() + " " + rest.get("volumes/v1/snapshots").json();
    String[][] changes = {
      {"POST", "volumes/v1/snapshots", "{\"name\":\"s2\"}"},
      {"DELETE", "volumes/v1/snapshots/s1", null},
      {"POST", "volumes/v1/clones", "{\"name\":\"c\",\"snapshot\":\"s1\"}"},
      {"POST", "volumes/v1:revert", "{\"snapshot\":\"s1\"}"},
      {"POST", "volumes/v1:convert", "{\"protection\":\"ec4+2\"}"},
      {"PATCH", "volumes/v1", "{\"size\":\"8G\"}"},
    };
    for (String[] change : changes) {
      Answer dry = rest.call("operator", change[0], change[1] + "?dryRun=true", change[2]);
      assertThat(dry.status()).as(change[1]).isEqualTo(200);
      assertThat(dry.json().path("dryRun").asBoolean()).as(change[1]).isTrue();
    }
    assertThat(rest.get("volumes").json() + " " + rest.get("volumes/v1/snapshots").json())
        .isEqualTo(before);
  }

  @Test
  void shouldTellAnyRefusal() throws Exception {
    rest.storage.failWith(
        new AerieException(ErrorCode.CAPACITY_EXCEEDED, "No room", "why", "remedy"));
    Answer refused = snapshot("s1");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.code()).isEqualTo("capacity-exceeded");
    assertThat(refused.json().path("remedy").asText()).isEqualTo("remedy");
  }

  @Test
  void shouldTellExtentsPageByPage() throws Exception {
    snapshot("s1");
    snapshot("s2");
    JsonNode page = rest.get("volumes/v1/snapshots/s2/extents?limit=1").json();
    assertThat(page.path("extents").toString())
        .isEqualTo("[{\"offset\":0,\"length\":524288,\"zero\":false}]");
    assertThat(page.path("since").isNull()).isTrue();
    long next = page.path("next").asLong();
    JsonNode more = rest.get("volumes/v1/snapshots/s2/extents?since=s1&after=" + next).json();
    assertThat(more.path("extents").get(0).path("offset").asLong()).isEqualTo(next);
    assertThat(more.path("extents").get(0).path("zero").asBoolean()).isTrue();
    assertThat(more.path("since").asText()).isEqualTo("s1");
    assertThat(rest.get("volumes/v1/snapshots/s2/extents?after=x").code())
        .isEqualTo("invalid-value");
    assertThat(rest.get("volumes/v1/snapshots/s2/extents?limit=-1").code())
        .isEqualTo("invalid-value");
    assertThat(rest.get("volumes/v1/snapshots/s2/extents?since=s9").code()).isEqualTo("not-found");
  }
}
