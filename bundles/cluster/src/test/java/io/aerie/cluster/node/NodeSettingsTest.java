package io.aerie.cluster.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.cluster.identity.Service;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The node's configuration is valid as a whole or names every key that is not. */
class NodeSettingsTest {
  @Test
  void shouldTakeTheDefaults() {
    NodeSettings settings = TestNode.settings(Map.of());
    assertThat(settings.self().endpoint(Service.REST)).hasToString("127.0.0.1:8443");
    assertThat(settings.self().endpoints()).hasSize(Service.values().length);
    assertThat(settings.mode()).isEqualTo(NodeSettings.Mode.WAIT);
  }

  @ParameterizedTest
  @CsvSource({
    "node, a b",
    "node, ''",
    "cluster.name, -x",
    "host, ''",
    "host, a_b",
    "host, 'a b'",
    "data, relative/path",
    "mode, start",
    "port.rest, 0",
    "port.rest, 65536",
    "port.rest, http",
    "port.log, 8443"
  })
  void shouldNameABadKey(String key, String value) {
    assertRefused(Map.of(key, value), key.equals("port.log") ? "port.rest" : key);
  }

  @Test
  void shouldNameAllBadKeysAtOnceAndNeverTheToken() {
    Map<String, String> values = new HashMap<>();
    values.put("port.nbd", "x");
    values.put("mode", "join");
    values.put("token", "c2VjcmV0LXRleHQ");
    values.put("host", "?");
    assertThatThrownBy(() -> TestNode.settings(values))
        .isInstanceOfSatisfying(
            AerieException.class,
            refusal ->
                assertThat(refusal.describe())
                    .contains("port.nbd:", "token:", "host:")
                    .doesNotContain("c2VjcmV0LXRleHQ", "secret"));
  }

  private static void assertRefused(Map<String, String> values, String key) {
    assertThatThrownBy(() -> TestNode.settings(values))
        .isInstanceOfSatisfying(
            AerieException.class,
            refusal -> {
              assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_VALUE);
              assertThat(refusal.why()).contains(key + ":");
            });
  }
}
