package io.aerie.shell.commands;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goal: a file keeps what isn't changed, who may read it included, and nothing lies beside it. */
class ConfigurationFileTest {
  @Test
  void shouldChangeOnlyWhatIsGiven(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("n.cfg"),
            "# mode = of the node\nnode=n4\nmode = wait\n\nport.rest : 1\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    ConfigurationFile.set(file, Map.of("mode", "join", "token", "t=1"));
    assertThat(file)
        .hasContent("# mode = of the node\nnode=n4\nmode = join\n\nport.rest : 1\ntoken = t=1\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
    assertThat(folder).isDirectoryNotContaining(path -> !path.equals(file));
  }
}
