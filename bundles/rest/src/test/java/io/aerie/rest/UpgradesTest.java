package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.face.fakes.FakeUpgrades;
import io.aerie.rest.RestFixture.Answer;
import io.aerie.upgrade.admin.UpgradeAdministration;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Upgrades, as administrators and their scripts see and steer them. */
class UpgradesTest {
  private final RestFixture rest = new RestFixture();

  private Answer asAdministrator(String method, String path, String body) throws Exception {
    return rest.call("administrator", method, path, body);
  }

  @Test
  void shouldShowPackagesToAdministrators() throws Exception {
    assertThat(asAdministrator("GET", "upgrades", null).code()).isEqualTo("unavailable");
    rest.subsystems.with(UpgradeAdministration.class, new FakeUpgrades());
    Answer list = asAdministrator("GET", "upgrades", null);
    assertThat(list.json().at("/items/0/id").asText()).isEqualTo("0.1.1");
    Answer one = asAdministrator("GET", "upgrades/0.1.1", null);
    assertThat(one.json().at("/bundles/0/symbolicName").asText()).isEqualTo("io.aerie.nbd");
    assertThat(one.json().at("/nodes/0").asText()).isEqualTo("n1");
    assertThat(asAdministrator("GET", "upgrades/0.1.2", null).code()).isEqualTo("not-found");
    assertThat(rest.call("operator", "GET", "upgrades", null).status()).isEqualTo(403);
  }

  private Answer upload(String query, String type, byte[] content) throws Exception {
    return rest.send(
        rest.request("upgrades" + query)
            .setHeader("Authorization", RestFixture.basic("administrator", "secret-administrator"))
            .setHeader("Content-Type", type)
            .POST(BodyPublishers.ofByteArray(content)));
  }

  @Test
  void shouldTakeAPackageThatIsLargerThanOtherBodies() throws Exception {
    FakeUpgrades upgrades = new FakeUpgrades();
    rest.subsystems.with(UpgradeAdministration.class, upgrades);
    String large = "p".repeat(RestFixture.FILE_BYTES_MAX + 1);
    byte[] content = large.getBytes(StandardCharsets.US_ASCII);
    Answer dry = upload("?dryRun=true", "application/octet-stream", content);
    assertThat(dry.json().path("dryRun").asBoolean()).isTrue();
    assertThat(upgrades.checked()).contains(large);
    assertThat(upgrades.uploaded()).isEmpty();

    Answer kept = upload("", "application/octet-stream", content);
    assertThat(kept.status()).isEqualTo(201);
    assertThat(kept.header("Location")).endsWith("/upgrades/0.1.1");
    assertThat(upgrades.uploaded()).contains(large);
    assertThat(upload("", "application/json", new byte[] {'{', '}'}).code())
        .isEqualTo("unsupported-media-type");
  }

  @Test
  void shouldRemoveAPackage() throws Exception {
    rest.subsystems.with(UpgradeAdministration.class, new FakeUpgrades());
    assertThat(rest.call("operator", "DELETE", "upgrades/0.1.1", null).status()).isEqualTo(403);
    Answer dry = asAdministrator("DELETE", "upgrades/0.1.1?dryRun=true", null);
    assertThat(dry.json().path("dryRun").asBoolean()).isTrue();
    assertThat(
            rest.call("administrator", "DELETE", "upgrades/0.1.1", null, "If-Match", "\"6\"")
                .code())
        .isEqualTo("precondition-failed");
    assertThat(asAdministrator("DELETE", "upgrades/0.1.1", null).status()).isEqualTo(200);
    assertThat(asAdministrator("DELETE", "upgrades/0.1.1", null).code()).isEqualTo("not-found");
  }

  @Test
  void shouldBeginAndSteerARun() throws Exception {
    rest.subsystems.with(UpgradeAdministration.class, new FakeUpgrades());
    assertThat(asAdministrator("GET", "upgrade-run", null).code()).isEqualTo("not-found");
    String wanted = "{\"version\":\"0.1.1\"}";
    Answer plan = asAdministrator("POST", "upgrade-run?dryRun=true", wanted);
    assertThat(plan.json().path("allowed").asBoolean()).isFalse();
    assertThat(plan.json().at("/checks/1/code").asText()).isEqualTo("upgrade-no-space");
    assertThat(plan.json().path("dryRun").asBoolean()).isTrue();
    assertThat(asAdministrator("GET", "upgrade-run", null).code()).isEqualTo("not-found");

    assertThat(rest.call("operator", "POST", "upgrade-run", wanted).status()).isEqualTo(403);
    Answer begun = asAdministrator("POST", "upgrade-run", wanted);
    assertThat(begun.json().path("state").asText()).isEqualTo("running");
    assertThat(steered("paused")).isEqualTo("paused");
    assertThat(steered("running")).isEqualTo("running");
    assertThat(asAdministrator("PATCH", "upgrade-run", "{\"state\":\"faster\"}").code())
        .isEqualTo("invalid-value");
    assertThat(steered("rolled-back")).isEqualTo("running");
    Answer seen = asAdministrator("GET", "upgrade-run", null);
    assertThat(seen.json().path("direction").asText()).isEqualTo("back");
    assertThat(seen.json().at("/nodes/0/state").asText()).isEqualTo("old");
  }

  private String steered(String state) throws Exception {
    return asAdministrator("PATCH", "upgrade-run", "{\"state\":\"" + state + "\"}")
        .json()
        .path("state")
        .asText();
  }
}
