package io.aerie.shell.completion;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerie.base.ByteSize;
import io.aerie.config.users.UserDirectory;
import io.aerie.face.Await;
import io.aerie.face.NamedLog;
import io.aerie.face.fakes.FakeLog;
import io.aerie.face.fakes.FakeStorage;
import io.aerie.face.fakes.FakeSubsystems;
import io.aerie.face.fakes.FakeUsers;
import io.aerie.shell.commands.ConfigLogMoveCommand;
import io.aerie.shell.commands.LdapTestCommand;
import io.aerie.shell.commands.TargetCreateCommand;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageAdministration;
import java.lang.reflect.Field;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.support.completers.ArgumentCommandLine;
import org.junit.jupiter.api.Test;

/** What completes, over fakes. */
class CompletersTest {
  private final FakeSubsystems subsystems = new FakeSubsystems();

  @Test
  void shouldCompleteVolumesWithTheNumberOfTheUnitThatWasTyped() {
    FakeStorage storage = new FakeStorage();
    for (String name : new String[] {"v1", "v2"}) {
      Await.result(
          storage.createVolume(
              name, ByteSize.parse("4G"), "default", Protection.parse("rf3"), false));
    }
    subsystems.with(StorageAdministration.class, storage);
    assertThat(units("")).containsExactly("1=v1", "1=v2");
    assertThat(units("12")).containsExactly("12=v1", "12=v2");
    assertThat(units("2=v")).containsExactly("2=v1", "2=v2");
    // what is no number is no begin of a word
    assertThat(units("v")).allMatch(word -> !word.startsWith("v"));
    subsystems.remove(StorageAdministration.class);
    assertThat(units("1=")).isEmpty();
  }

  private String[] units(String typed) {
    return new LunCompleter()
        .words(subsystems, new ArgumentCommandLine(typed, typed.length()))
        .toArray(String[]::new);
  }

  @Test
  void shouldCompleteTheProviderThatConfigDbIsNotOn() {
    FakeLog config = new FakeLog("n2");
    FakeLog storage = new FakeLog("n2");
    config.provider = "atomix";
    storage.provider = "ratis";
    subsystems.with(new NamedLog("config", config)).with(new NamedLog("rcd", storage));
    assertThat(new LogProviderCompleter().words(subsystems)).containsExactly("ratis");
    config.provider = "ratis";
    assertThat(new LogProviderCompleter().words(subsystems)).containsExactly("atomix");
    assertThat(new LogProviderCompleter().words(new FakeSubsystems()))
        .containsExactly("atomix", "ratis");
  }

  @Test
  void shouldCompleteUsers() {
    subsystems.with(UserDirectory.class, new FakeUsers());
    assertThat(new UserCompleter().words(subsystems)).contains("operator");
  }

  @Test
  void shouldBelongToTheirArguments() throws Exception {
    assertThat(completer(TargetCreateCommand.class, "luns")).isEqualTo(LunCompleter.class);
    assertThat(completer(LdapTestCommand.class, "user")).isEqualTo(UserCompleter.class);
    assertThat(completer(ConfigLogMoveCommand.class, "provider"))
        .isEqualTo(LogProviderCompleter.class);
  }

  private static Class<?> completer(Class<?> command, String argument) throws Exception {
    Field field = command.getDeclaredField(argument);
    return field.getAnnotation(Completion.class).value();
  }
}
