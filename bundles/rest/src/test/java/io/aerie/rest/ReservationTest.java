package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aerie.base.NodeId;
import io.aerie.rest.RestFixture.Answer;
import io.aerie.storage.admin.StorageViews.RegistrationView;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who has reserved a volume, as users and their scripts see and clear it. */
class ReservationTest {
  private static final String TARGET = "iqn.2026-01.org.example:disks";

  private final RestFixture rest = new RestFixture();

  @BeforeEach
  void reserveAVolume() throws Exception {
    for (String name : new String[] {"v1", "v2"}) {
      rest.post("volumes", "{\"name\":\"" + name + "\",\"size\":\"1G\",\"protection\":\"rf3\"}");
    }
    rest.post("targets", "{\"name\":\"" + TARGET + "\",\"luns\":[{\"lun\":1,\"volume\":\"v1\"}]}");
    rest.storage.reserve(
        "v1",
        "write_exclusive_all_registrants",
        new RegistrationView(
            "iqn.2026-01.org.example:host",
            Optional.of("0x800000000001"),
            Optional.of(new NodeId("n1")),
            7,
            Optional.of("0x000000000000000a"),
            true,
            true));
  }

  @Test
  void shouldShowIt() throws Exception {
    Answer seen = rest.get("volumes/v1/reservation");
    JsonNode view = seen.json();
    assertThat(view.path("id").asText()).isEqualTo("id-v1");
    assertThat(view.path("type").asText()).isEqualTo("write_exclusive_all_registrants");
    assertThat(view.at("/registrations/0/initiator").asText()).endsWith(":host");
    assertThat(view.at("/registrations/0/key").asText()).isEqualTo("0x000000000000000a");
    assertThat(view.at("/registrations/0/node").asText()).isEqualTo("n1");
    assertThat(seen.header("ETag")).isEqualTo("\"7\"");
    assertThat(rest.get("volumes/v2/reservation").json().path("registrations")).isEmpty();
    assertThat(rest.get("volumes/v2/reservation").json().path("type").isNull()).isTrue();
    assertThat(rest.get("volumes/v3/reservation").code()).isEqualTo("not-found");
    assertThat(rest.get("targets/" + TARGET + "/reservations").json().path("items")).hasSize(1);
    assertThat(rest.get("targets/none/reservations").code()).isEqualTo("not-found");
  }

  @Test
  void shouldClearItForOperators() throws Exception {
    String path = "volumes/v1/reservation";
    assertThat(rest.call("observer", "DELETE", path, null).status()).isEqualTo(403);
    assertThat(rest.call("operator", "DELETE", path, null).code()).isEqualTo("in-use");
    String force = path + "?force=true";
    assertThat(rest.call("operator", "DELETE", force, null, "If-Match", "\"6\"").status())
        .isEqualTo(412);
    Answer dry = rest.call("operator", "DELETE", force + "&dryRun=true", null);
    assertThat(dry.json().path("dryRun").asBoolean()).isTrue();
    assertThat(rest.storage.reservations()).hasSize(1);
    Answer cleared = rest.call("operator", "DELETE", force, null, "If-Match", "\"7\"");
    assertThat(cleared.status()).isEqualTo(200);
    assertThat(cleared.json().path("registrations")).hasSize(1);
    assertThat(rest.storage.reservations()).isEmpty();
    assertThat(rest.call("operator", "DELETE", force, null).code()).isEqualTo("not-found");
  }
}
