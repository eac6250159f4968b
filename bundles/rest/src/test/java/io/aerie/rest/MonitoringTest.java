package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aerie.face.fakes.FakeAttachments;
import io.aerie.rest.RestFixture.Answer;
import io.aerie.storage.block.Attachments;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Alerts and metrics as monitoring systems ask for them. */
class MonitoringTest {
  private static final String PROMETHEUS =
      "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1";

  private RestFixture rest;

  @BeforeEach
  void start() {
    rest = new RestFixture();
  }

  private Answer metrics(String accept) throws Exception {
    return rest.call("observer", "GET", "metrics", null, "Accept", accept);
  }

  @Test
  void shouldListAlertsAndFindOne() throws Exception {
    JsonNode items =
        rest.call("observer", "GET", "alerts?filter=kind=node", null).json().path("items");
    assertThat(items).hasSize(1);
    assertThat(items.path(0).path("id").asText()).isEqualTo("node-unreachable:n3");
    assertThat(items.path(0).path("severity").asText()).isEqualTo("warning");
    Answer one = rest.get("alerts/node-unreachable:n3");
    assertThat(one.json().path("subject").asText()).isEqualTo("n3");
    rest.cluster.reach(3, true);
    assertThat(rest.get("alerts/node-unreachable:n3").status()).isEqualTo(404);
  }

  @Test
  void shouldListWhoHasVolumesOpenAndEndOne() throws Exception {
    rest.post("volumes", "{\"name\":\"v1\",\"size\":\"4G\",\"protection\":\"rf3\"}");
    rest.post("volumes", "{\"name\":\"v2\",\"size\":\"4G\",\"protection\":\"rf3\"}");
    assertThat(rest.get("attachments").code()).isEqualTo("unavailable");
    FakeAttachments open = new FakeAttachments();
    open.add("7", "nbd 192.0.2.1:40000", "v1", Optional.empty());
    open.add("9", "iscsi", "v2", Optional.of("iqn.x:a,i,0x1"));
    rest.subsystems.with(Attachments.class, open);
    assertThat(rest.call("observer", "GET", "attachments", null).json().path("items")).hasSize(2);
    JsonNode ofVolume = rest.get("volumes/v2/attachments").json().path("items");
    assertThat(ofVolume).hasSize(1);
    assertThat(ofVolume.path(0).path("initiator").asText()).isEqualTo("iqn.x:a,i,0x1");
    assertThat(rest.get("attachments/7").json().path("name").asText()).startsWith("nbd ");
    assertThat(rest.get("volumes/v3/attachments").status()).isEqualTo(404);
    assertThat(metrics("text/plain").response().body())
        .contains("aerie_attachments{node=\"n2\"} 2.0");
    Answer tried = rest.call("operator", "DELETE", "attachments/7?dryRun=true", null);
    assertThat(tried.json().path("dryRun").asBoolean()).isTrue();
    assertThat(rest.get("attachments/7").status()).isEqualTo(200);
    assertThat(rest.call("operator", "DELETE", "attachments/7", null).status()).isEqualTo(200);
    assertThat(rest.get("attachments/7").code()).isEqualTo("not-found");
    assertThat(rest.call("operator", "DELETE", "attachments/7", null).code())
        .isEqualTo("not-found");
  }

  @Test
  void shouldTellMetricsAsAListUnlessTextIsPreferred() throws Exception {
    for (String accept : List.of("*/*", "application/json", "text/html", PROMETHEUS + ",text/x")) {
      boolean text = accept.startsWith(PROMETHEUS);
      Answer answer = metrics(accept);
      assertThat(answer.status()).as(accept).isEqualTo(200);
      assertThat(answer.header("Vary")).isEqualTo("Accept");
      assertThat(answer.header("Content-Type"))
          .as(accept)
          .startsWith(text ? "application/openmetrics-text" : "application/json");
    }
    JsonNode pool =
        metrics("*/*").json().path("items").findParents("id").stream()
            .filter(metric -> metric.path("id").asText().equals("aerie_pool_capacity_bytes"))
            .findFirst()
            .orElseThrow();
    assertThat(pool.path("type").asText()).isEqualTo("gauge");
    assertThat(pool.path("samples").path(0).path("labels").path("pool").asText())
        .isEqualTo("default");
    assertThat(pool.path("samples").path(0).path("value").asLong()).isEqualTo(64L << 30);
  }

  @Test
  void shouldTellMetricsAsPrometheusReadsThem() throws Exception {
    Answer answer = metrics("text/plain");
    assertThat(answer.header("Content-Type")).contains("text/plain").contains("version=0.0.4");
    List<String> lines = answer.response().body().lines().toList();
    assertThat(lines)
        .contains(
            "# TYPE aerie_pool_capacity_bytes gauge",
            "aerie_pool_capacity_bytes{pool=\"default\"} 6.8719476736E10",
            "# TYPE aerie_node_processor_seconds_total counter",
            "aerie_alerts{severity=\"critical\"} 0.0");
    assertThat(lines).anyMatch(line -> line.startsWith("aerie_node_processor_seconds_total "));
  }

  @Test
  void shouldTellMetricsAsOpenMetrics() throws Exception {
    List<String> lines = metrics(PROMETHEUS).response().body().lines().toList();
    assertThat(lines).contains("# TYPE aerie_node_processor_seconds counter").endsWith("# EOF");
  }
}
