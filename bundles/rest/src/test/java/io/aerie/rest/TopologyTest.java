package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aerie.rest.RestFixture.Answer;
import org.junit.jupiter.api.Test;

/** Racks, sites, failure domains and the speed of disks, as users and their scripts set them. */
class TopologyTest {
  private final RestFixture rest = new RestFixture();

  private Answer patch(String path, String body, String... headers) throws Exception {
    return rest.call("operator", "PATCH", path, body, headers);
  }

  @Test
  void shouldSayWhereANodeStands() throws Exception {
    String seen = rest.get("nodes/n1").header("ETag");
    Answer located = patch("nodes/n1", "{\"rack\":\"r1\"}", "If-Match", seen);
    assertThat(located.status()).isEqualTo(200);
    assertThat(located.json().path("rack").asText()).isEqualTo("r1");
    assertThat(located.json().path("site").isNull()).isTrue();
    assertThat(patch("nodes/n1", "{\"rack\":\"r2\"}", "If-Match", "\"1\"").status()).isEqualTo(412);
    JsonNode dry = patch("nodes/n1?dryRun=true", "{\"site\":\"s1\"}").json();
    assertThat(dry.path("dryRun").asBoolean()).isTrue();
    assertThat(dry.path("site").asText()).isEqualTo("s1");
    assertThat(rest.get("nodes/n1").json().path("site").isNull()).isTrue();
    assertThat(patch("nodes/n2", "{\"rack\":\"r1\"}").code()).isEqualTo("not-found");
    assertThat(patch("nodes/n1", "{\"shelf\":\"1\"}").code()).isEqualTo("unknown-field");
  }

  @Test
  void shouldChooseOverWhatAPoolSpreads() throws Exception {
    Answer made = rest.post("pools", "{\"name\":\"fast\",\"failureDomain\":\"rack\"}");
    assertThat(made.json().path("failureDomain").asText()).isEqualTo("rack");
    assertThat(rest.get("pools/default").json().path("failureDomain").asText()).isEqualTo("node");
    assertThat(patch("pools/default?dryRun=true", "{\"failureDomain\":\"site\"}").status())
        .isEqualTo(200);
    assertThat(patch("pools/default", "{\"failureDomain\":\"shelf\"}").code())
        .isEqualTo("invalid-value");
    assertThat(patch("pools/default", "{}").code()).isEqualTo("invalid-value");
    assertThat(rest.get("pools/default").json().path("failureDomain").asText()).isEqualTo("node");
    assertThat(
            patch("pools/default", "{\"failureDomain\":\"site\"}")
                .json()
                .path("failureDomain")
                .asText())
        .isEqualTo("site");
    assertThat(rest.post("pools", "{\"name\":\"p\",\"failureDomain\":\"shelf\"}").code())
        .isEqualTo("invalid-value");
  }

  @Test
  void shouldRebalanceAPoolAndSayWhetherItHappensByItself() throws Exception {
    String seen = rest.get("pools/default").header("ETag");
    Answer dry = rest.post("pools/default:rebalance?dryRun=true", null);
    assertThat(dry.json().path("dryRun").asBoolean()).isTrue();
    assertThat(dry.json().path("explanation").path(0).asText()).contains("are to move");
    assertThat(
            rest.call("operator", "POST", "pools/default:rebalance", null, "If-Match", seen)
                .status())
        .isEqualTo(200);
    Answer cancelled = rest.post("pools/default:rebalance?cancel=true", null);
    assertThat(cancelled.json().path("explanation").path(0).asText()).contains("stays");
    assertThat(rest.post("pools/default:rebalance?cancel=no", null).code())
        .isEqualTo("invalid-value");
    assertThat(rest.post("pools/none:rebalance", null).code()).isEqualTo("not-found");
    assertThat(rest.get("pools/default").json().path("rebalance").asText()).isEqualTo("automatic");
    Answer manual = patch("pools/default", "{\"rebalance\":\"manual\"}", "If-Match", seen);
    assertThat(manual.json().path("rebalance").asText()).isEqualTo("manual");
    assertThat(patch("pools/default", "{\"rebalance\":\"never\"}").code())
        .isEqualTo("invalid-value");
    assertThat(
            patch("pools/default", "{\"rebalance\":\"manual\",\"failureDomain\":\"rack\"}").code())
        .isEqualTo("invalid-value");
  }

  @Test
  void shouldSayHowFastADiskIs() throws Exception {
    String id = rest.post("disks", "{\"path\":\"/dev/sdb\"}").json().path("id").asText();
    assertThat(rest.get("disks/" + id).json().path("speedPercent").asInt()).isEqualTo(100);
    assertThat(patch("disks/" + id, "{\"speedPercent\":60}").status()).isEqualTo(200);
    assertThat(rest.get("disks/" + id).json().path("speedPercent").asInt()).isEqualTo(60);
    assertThat(patch("disks/" + id, "{}").code()).isEqualTo("invalid-value");
    assertThat(patch("disks/x", "{\"speedPercent\":60}").code()).isEqualTo("not-found");
  }
}
