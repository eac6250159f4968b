package io.aerie.shell.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineCommandsTest {
  private static final Set<String> KNOWN =
      Set.of(
          "*:bundle",
          "*:exit",
          "bundle:list",
          "bundle:stop",
          "config:delete",
          "config:property-set",
          "feature:stop",
          "shell:each",
          "shell:echo",
          "shell:grep",
          "shell:kill",
          "volume:create",
          "volume:delete",
          "volume:list");

  private static Set<String> recorded(String line) {
    return new LineCommands(command -> command.startsWith("volume:")).recorded(line, KNOWN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ; ",
        "bundle:list",
        "bundle:list -t 0 | shell:grep 'bundle:stop $(x)' ",
        "la",
        "exit",
        "bundle",
        "list",
        "volume:create --size 4G --protection rf3 v1",
        "volume:delete v1; volume:list",
        "shell:echo a=b \"c = d\" http://node/x"
      })
  void shouldNotRecordWhatOnlyShowsAndWhatRecordsItself(String line) {
    assertThat(recorded(line)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      value = {
        "bundle:stop 5!bundle:stop",
        "'bundle':\"stop\" 5!bundle:stop",
        "bundle:list;bundle:stop 5!bundle:stop",
        "bundle:list |bundle:stop!bundle:stop",
        "kill 5!shell:kill",
        "stop 5!*:stop",
        "delete x!config:delete",
        "config:property-set password secret!config:property-set",
      })
  void shouldRecordACommandByItsNameAlone(String line, String name) {
    assertThat(recorded(line)).containsExactly(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$.context getBundle 5",
        "x = secret",
        "x= secret",
        "bundle:list = secret",
        "bundle:list > /etc/secret",
        "bundle:list \"$(secret)\"",
        "bundle:list \\secret",
        "bundle:list `secret`",
        "bundle:list 'secret",
        "bundle:list // secret",
        "bundle:list /* secret",
        "bundle:list\u2028secret",
        "secret",
        "se:cret"
      })
  void shouldRecordALineOfWhichItCantTell(String line) {
    assertThat(recorded(line)).containsExactly(LineCommands.OTHER);
  }

  @Test
  void shouldRecordEachNameThatStandsAnywhereInSuchALine() {
    assertThat(recorded("each [1 2] { bundle:stop $it; volume:list; config:delete \"x$it\" }"))
        .containsExactly("bundle:stop", "config:delete", LineCommands.OTHER);
    assertThat(recorded("bundle:list # '\nbundle:stop 5 ; '"))
        .containsExactly("bundle:stop", LineCommands.OTHER);
    assertThat(recorded("bundle:list\r\nbundle:stop 5\nbundle:stop 6"))
        .containsExactly("bundle:stop");
  }
}
