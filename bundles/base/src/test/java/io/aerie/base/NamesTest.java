package io.aerie.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One rule for names; what it refuses could break out of a path, an export's name or a command
 * line.
 */
class NamesTest {
  @ParameterizedTest
  @ValueSource(strings = {"v1", "a", "web-01.data_2", "0"})
  void shouldTakeNames(String name) {
    assertThat(Names.check("volume", name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-a",
        "a-",
        "a/b",
        "..",
        "a b",
        "ü",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      })
  void shouldRefuseWhatIsNoName(String name) {
    assertThatThrownBy(() -> Names.check("volume", name))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_NAME));
  }
}
