package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.rest.RestFixture.Answer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Emptying disks and nodes, as users and their scripts get it. */
class DrainTest {
  private RestFixture rest;
  private String disk;

  @BeforeEach
  void addDisks() throws Exception {
    rest = new RestFixture();
    disk = "disks/" + rest.post("disks", "{\"path\":\"/dev/sda\"}").json().path("id").asText();
    rest.post("disks", "{\"path\":\"/dev/sdb\"}");
  }

  private String duty(String path) throws Exception {
    return rest.get(path).json().path("duty").asText();
  }

  @Test
  void shouldDrainTheDiskThatWasSeenAndCallItOff() throws Exception {
    String seen = rest.get(disk).header("ETag");
    Answer dry = rest.post(disk + ":drain?dryRun=true", null);
    assertThat(dry.status()).isEqualTo(200);
    assertThat(dry.json().path("dryRun").asBoolean()).isTrue();
    assertThat(duty(disk)).isEqualTo("serving");
    Answer drained = rest.call("operator", "POST", disk + ":drain", null, "If-Match", seen);
    assertThat(drained.status()).isEqualTo(200);
    assertThat(drained.json().path("explanation")).isNotEmpty();
    assertThat(duty(disk)).isEqualTo("draining");
    assertThat(duty("nodes/n1")).isEqualTo("serving");
    assertThat(
            rest.call("operator", "POST", disk + ":drain?cancel=true", null, "If-Match", seen)
                .status())
        .isEqualTo(412);
    assertThat(rest.post(disk + ":drain?cancel=yes", null).code()).isEqualTo("invalid-value");
    assertThat(duty(disk)).isEqualTo("draining");
    assertThat(rest.post(disk + ":drain?cancel=true", null).status()).isEqualTo(200);
    assertThat(duty(disk)).isEqualTo("serving");
    assertThat(rest.post("disks/x:drain", null).code()).isEqualTo("not-found");
  }

  @Test
  void shouldDrainAllDisksOfANode() throws Exception {
    assertThat(rest.post("nodes/n1:drain", null).json().path("duty").asText())
        .isEqualTo("draining");
    assertThat(duty(disk)).isEqualTo("draining");
    assertThat(rest.post("nodes/n1:drain?cancel=true", null).status()).isEqualTo(200);
    assertThat(duty("nodes/n1")).isEqualTo("serving");
    assertThat(rest.post("nodes/n9:drain", null).code()).isEqualTo("not-found");
  }

  @Test
  void shouldGiveUpAndRemoveDisks() throws Exception {
    assertThat(rest.post(disk + ":fail", null).status()).isEqualTo(412);
    assertThat(rest.call("operator", "DELETE", disk, null).status()).isEqualTo(412);
    rest.storage.goDown(disk.substring("disks/".length()));
    assertThat(rest.post(disk + ":fail?dryRun=true", null).status()).isEqualTo(200);
    assertThat(duty(disk)).isEqualTo("serving");
    assertThat(rest.post(disk + ":fail", null).json().path("duty").asText()).isEqualTo("absent");
    assertThat(rest.call("operator", "DELETE", disk + "?dryRun=true", null).status())
        .isEqualTo(200);
    assertThat(rest.call("operator", "DELETE", disk, null, "If-Match", "\"1\"").status())
        .isEqualTo(412);
    String seen = rest.get(disk).header("ETag");
    assertThat(rest.call("operator", "DELETE", disk, null, "If-Match", seen).status())
        .isEqualTo(200);
    assertThat(rest.get(disk).code()).isEqualTo("not-found");
  }

  @Test
  void shouldTellWhyThereIsNoPlace() throws Exception {
    rest.storage.failWith(
        new AerieException(ErrorCode.PROTECTION_IMPOSSIBLE, "No place", "the proof", "Add disks"));
    Answer refused = rest.post(disk + ":drain", null);
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.code()).isEqualTo("protection-impossible");
    assertThat(refused.json().toString()).contains("the proof");
  }
}
