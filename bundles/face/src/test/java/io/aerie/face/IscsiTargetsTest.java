package io.aerie.face;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.membership.Membership;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change.Put;
import io.aerie.face.IscsiTargets.Chap;
import io.aerie.face.IscsiTargets.Lun;
import io.aerie.face.fakes.FakeCluster;
import io.aerie.face.fakes.FakeConfig;
import io.aerie.face.fakes.FakeStorage;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageAdministration;
import java.util.List;
import java.util.OptionalLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Goal: targets are kept as docs/iscsi.md draws them, and secrets go in and never come out. */
final class IscsiTargetsTest {
  private static final String NAME = "iqn.2026-01.org.example:disks";
  private static final String SECRETS = "exports/iscsi/secrets/iqn.2026-01.org.example_disks";

  private final FakeConfig config = new FakeConfig();
  private final FakeStorage storage = new FakeStorage();
  private final IscsiTargets targets =
      new IscsiTargets(
          new FakeSubsystems()
              .with(ConfigStore.class, config)
              .with(Membership.class, new FakeCluster())
              .with(StorageAdministration.class, storage));

  @BeforeEach
  void makeVolumes() {
    for (String name : List.of("v1", "v2")) {
      Await.result(
          storage.createVolume(
              name, ByteSize.parse("1G"), "default", Protection.parse("rf3"), /* dryRun= */ false));
    }
  }

  private ObjectNode create(Chap chap) {
    return targets.create(NAME, List.of(Lun.of(1, "v1")), null, chap, /* dryRun= */ false);
  }

  private static void assertRefused(ErrorCode code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            AerieException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }

  @Test
  void shouldShowTheAddressesThatDiscoveryTells() {
    create(null);
    assertThat(targets.get(NAME).path("portals").toString())
        .isEqualTo(
            "[{\"node\":\"n1\",\"address\":\"127.0.0.1:3001\"},"
                + "{\"node\":\"n2\",\"address\":\"127.0.0.1:3002\"},"
                + "{\"node\":\"n3\",\"address\":\"127.0.0.1:3003\"}]");
    String settings = "{\"portals\":{\"n2\":\"192.0.2.2:3260\"}}";
    Await.result(
        config.commit(
            new ConfigTransaction(
                List.of(), List.of(new Put("exports/iscsi/settings", "iscsi", settings)))));
    assertThat(targets.get(NAME).at("/portals/1/address").asText()).isEqualTo("192.0.2.2:3260");
    assertThat(targets.get(NAME).at("/portals/2/address").asText()).isEqualTo("127.0.0.1:3003");
  }

  @Test
  void shouldKeepSecretsToItself() {
    create(new Chap("user", "secretsecret", "target", "othersecret1"));
    assertThat(config.getLocal(SECRETS).orElseThrow().json()).contains("secretsecret");
    ObjectNode shown = targets.get(NAME);
    assertThat(shown.toString()).doesNotContain("secretsecret", "othersecret1");
    assertThat(shown.at("/chap/user").asText()).isEqualTo("user");
    assertThat(shown.at("/luns/0/volume").asText()).isEqualTo("v1");
    assertThat(Views.of(config.getLocal(SECRETS).orElseThrow()).toString())
        .doesNotContain("secretsecret", "othersecret1");
    assertRefused(ErrorCode.FORBIDDEN, () -> RawDocuments.checkChange(SECRETS));
    targets.delete(NAME, OptionalLong.empty(), /* dryRun= */ false);
    assertThat(config.listLocal("exports/iscsi/targets")).isEmpty();
    assertThat(config.listLocal("exports/iscsi/secrets")).isEmpty();
  }

  @Test
  void shouldChangeWhatIsGivenOnly() {
    create(new Chap("user", "secretsecret", null, null));
    long revision = targets.get(NAME).path("revision").asLong();
    assertRefused(
        ErrorCode.PRECONDITION_FAILED,
        () ->
            targets.change(
                NAME, null, List.of("iqn.x:a"), null, OptionalLong.of(revision + 1), false));
    targets.change(NAME, null, List.of("iqn.x:a"), null, OptionalLong.of(revision), false);
    ObjectNode shown = targets.get(NAME);
    assertThat(shown.at("/initiators/0").asText()).isEqualTo("iqn.x:a");
    assertThat(shown.at("/luns/0/lun").asInt()).isEqualTo(1);
    assertThat(shown.at("/chap/user").asText()).isEqualTo("user");
  }

  private ObjectNode change(Lun... luns) {
    return targets.change(
        NAME, List.of(luns), null, null, OptionalLong.empty(), /* dryRun= */ false);
  }

  private String luns() {
    return targets.get(NAME).path("luns").toString();
  }

  @Test
  void shouldKeepHowAUnitIsServed() {
    create(null);
    assertThat(luns()).isEqualTo("[{\"lun\":1,\"volume\":\"v1\"}]");
    change(Lun.of(1, "v1"), new Lun(2, "v2", true, 4096));
    String second = "{\"lun\":2,\"volume\":\"v2\",\"readOnly\":true,\"blockSizeBytes\":4096}";
    assertThat(luns()).isEqualTo("[{\"lun\":1,\"volume\":\"v1\"}," + second + "]");
    change(Lun.of(2, "v2"));
    assertThat(luns()).as("what is not given stays").isEqualTo("[" + second + "]");
    change(new Lun(2, "v2", false, null));
    assertThat(luns()).isEqualTo("[" + second.replace("\"readOnly\":true,", "") + "]");
  }

  /** Nodes of versions without options read luns alone: they would serve such units wrongly. */
  @Test
  void shouldKeepUnitsWithOptionsFromWhoDoesNotKnowThem() {
    targets.create(NAME, List.of(new Lun(2, "v2", true, null), Lun.of(1, "v1")), null, null, false);
    targets.change(NAME, null, List.of("iqn.x:a"), null, OptionalLong.empty(), false);
    String document = config.listLocal("exports/iscsi/targets").get(0).json();
    assertThat(document)
        .contains("\"luns\":[{\"lun\":1,\"volume\":\"v1\"}]")
        .contains("\"lunsWithOptions\":[{\"lun\":2,\"volume\":\"v2\",\"readOnly\":true}]");
    assertThat(targets.get(NAME).at("/luns/0/lun").asInt()).isEqualTo(1);
    change(Lun.of(1, "v1"));
    assertThat(config.listLocal("exports/iscsi/targets").get(0).json())
        .doesNotContain("lunsWithOptions");
  }

  @Test
  void shouldKeepHowAVolumeIsServedUnderAnotherNumber() {
    targets.create(NAME, List.of(new Lun(1, "v1", true, 4096)), null, null, false);
    change(Lun.of(5, "v1"));
    assertThat(luns())
        .isEqualTo("[{\"lun\":5,\"volume\":\"v1\",\"readOnly\":true,\"blockSizeBytes\":4096}]");
    assertRefused(ErrorCode.IN_USE, () -> change(new Lun(6, "v1", null, 512)));
  }

  /** Hosts take all LUNs of a volume for ways to one disk. */
  @Test
  void shouldProtectAVolumeInAllLunsOfATargetOrNone() {
    Lun readOnly = new Lun(2, "v1", true, null);
    assertRefused(
        ErrorCode.INVALID_VALUE,
        () -> targets.create(NAME, List.of(Lun.of(1, "v1"), readOnly), null, null, false));
    targets.create(NAME, List.of(readOnly), null, null, false);
    targets.create(NAME + "2", List.of(Lun.of(1, "v1")), null, null, false);
    assertThat(targets.list()).hasSize(2);
  }

  /** Each is right by itself; the second sees the first, though it had looked before that. */
  @Test
  void shouldJudgeAgainWhenSomebodyElseWasFaster() {
    String other = NAME + "2";
    Lun large = new Lun(1, "v1", null, 4096);
    config.beforeNextCommit(
        () -> targets.create(other, List.of(large), null, null, /* dryRun= */ false));
    assertRefused(ErrorCode.IN_USE, () -> create(null));
    assertThat(targets.list()).hasSize(1);
    config.beforeNextCommit(() -> targets.delete(other, OptionalLong.empty(), /* dryRun= */ false));
    targets.create(NAME, List.of(Lun.of(1, "v2")), null, null, /* dryRun= */ false);
    config.beforeNextCommit(
        () -> targets.change(NAME, null, List.of("iqn.x:a"), null, OptionalLong.empty(), false));
    change(Lun.of(1, "v1"));
    assertThat(targets.get(NAME).at("/initiators/0").asText()).as("both").isEqualTo("iqn.x:a");
    assertThat(luns()).isEqualTo("[{\"lun\":1,\"volume\":\"v1\"}]");
  }

  @Test
  void shouldNotChangeTheBlocksOfAUnitThatStays() {
    create(null);
    assertRefused(ErrorCode.IN_USE, () -> change(new Lun(1, "v1", null, 4096)));
    assertRefused(ErrorCode.INVALID_VALUE, () -> change(new Lun(2, "v2", null, 1024)));
    assertThat(luns()).isEqualTo("[{\"lun\":1,\"volume\":\"v1\"}]");
    change();
    change(new Lun(1, "v1", null, 4096));
    assertThat(luns()).contains("4096");
  }

  /** Hosts know a volume by its identifier, and would write through LUNs of both kinds. */
  @Test
  void shouldServeAVolumeInOneKindOfBlocks() {
    create(null);
    Lun large = new Lun(2, "v1", null, 4096);
    assertRefused(ErrorCode.IN_USE, () -> change(Lun.of(1, "v1"), large));
    assertRefused(
        ErrorCode.IN_USE, () -> targets.create(NAME + "2", List.of(large), null, null, false));
    assertThat(targets.list()).hasSize(1);
    change();
    targets.create(NAME + "2", List.of(large), null, null, false);
    assertRefused(ErrorCode.IN_USE, () -> change(Lun.of(1, "v1")));
  }

  @Test
  void shouldRefuseAndChangeNothing() {
    assertRefused(
        ErrorCode.INVALID_NAME, () -> targets.create("Disks", List.of(), null, null, false));
    assertRefused(
        ErrorCode.NOT_FOUND,
        () -> targets.create(NAME, List.of(Lun.of(1, "v9")), null, null, false));
    assertRefused(
        ErrorCode.INVALID_VALUE,
        () -> targets.create(NAME, List.of(Lun.of(1, "v1"), Lun.of(1, "v1")), null, null, false));
    assertRefused(ErrorCode.INVALID_VALUE, () -> create(new Chap("user", "short", null, null)));
    assertRefused(
        ErrorCode.INVALID_VALUE,
        () -> create(new Chap("user", "secretsecret", "target", "secretsecret")));
    targets.create(NAME, List.of(), null, null, /* dryRun= */ true);
    assertThat(config.listLocal("exports")).isEmpty();
    create(null);
    assertRefused(ErrorCode.ALREADY_EXISTS, () -> create(null));
  }

  @Test
  void shouldTakeSecretsAway() {
    create(new Chap("user", "secretsecret", null, null));
    targets.change(NAME, null, null, Chap.NONE, OptionalLong.empty(), /* dryRun= */ false);
    assertThat(targets.get(NAME).get("chap").isNull()).isTrue();
    assertThat(config.listLocal("exports/iscsi/secrets")).isEmpty();
    assertRefused(
        ErrorCode.INVALID_VALUE, () -> targets.create(NAME + "2", null, null, Chap.NONE, false));
  }
}
