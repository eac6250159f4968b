package io.aerie.configdb.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which texts are paths of documents. */
class PathsTest {
  /** The rule, as one would write it down. */
  private static final Pattern RULE =
      Pattern.compile("(?!\\.\\.?(/|$))[A-Za-z0-9._-]+(/(?!\\.\\.?(/|$))[A-Za-z0-9._-]+)*");

  /** What goes wrong at the edges: separators, dots, neighbours of the allowed characters. */
  private static final String CHARACTERS = "//...aZ09_-@`[{:é ";

  private static boolean isPath(String text) {
    try {
      Paths.check(text);
      return true;
    } catch (AerieException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.INVALID_VALUE);
      return false;
    }
  }

  @Test
  void shouldFollowTheRuleForAnyText() {
    Random random = new Random(1);
    int paths = 0;
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(8); length > 0; length--) {
        text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
      }
      boolean expected = RULE.matcher(text).matches();
      assertThat(isPath(text.toString())).as("'%s'", text).isEqualTo(expected);
      paths += expected ? 1 : 0;
    }
    assertThat(paths).isBetween(1_000, 199_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "pools/default", "a/...", ".hidden", "a/..b", "A-Z_0.9"})
  void shouldTakeAPath(String path) {
    assertThatCode(() -> Paths.check(path)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "/", "/a", "a/", "a//b", ".", "..", "a/.", "../a", "a/../b", "a b", "ä"})
  void shouldRefuseWhatIsNone(String text) {
    assertThatThrownBy(() -> Paths.check(text)).isInstanceOf(AerieException.class);
  }

  @Test
  void shouldRefuseWhatIsTooLong() {
    assertThat(isPath("a".repeat(Limits.PATH_LENGTH_MAX))).isTrue();
    assertThat(isPath("a".repeat(Limits.PATH_LENGTH_MAX + 1))).isFalse();
  }
}
