package io.aerie.cluster.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.testing.Await;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Damage of a log's files: an error of that node alone that names the file, never a silent loss,
 * and a node that is replaced by emptying its folder. Entries are found in the files by their
 * content, so the tests know nothing of a provider's formats.
 */
public abstract class LogDamageContract extends LogCluster {
  private static final int COMMANDS = 20;

  @Test
  void shouldRefuseRotInTheMiddle() throws Exception {
    fillThree();
    close(N3);
    Place place = find(N3, marker(COMMANDS / 2)).orElseThrow();
    overwrite(place.file, place.position, "ROT".getBytes(UTF_8));
    refusesAndIsReplaced(place.file);
  }

  @Test
  void shouldRefuseAFileThatWasCutShort() throws Exception {
    fillThree();
    close(N3);
    Place place = find(N3, marker(COMMANDS / 2)).orElseThrow();
    try (FileChannel channel = FileChannel.open(place.file, StandardOpenOption.WRITE)) {
      channel.truncate(place.position);
    }
    refusesAndIsReplaced(place.file);
  }

  @Test
  void shouldRefuseADamagedSnapshot() throws Exception {
    openThree();
    for (int i = 0; i < Math.max(COMMANDS, 2 * commandsPerSnapshot()); i++) {
      get(N1).putEventually("k" + i % COMMANDS, marker(i % COMMANDS));
    }
    get(N1).putEventually("last", "1");
    get(N3).awaitLocal("last", "1");
    Await.until("a snapshot", Replica.BOUND, () -> !snapshots().isEmpty());
    close(N3);
    Path damaged = null;
    for (Path file : snapshots()) {
      overwrite(file, Files.size(file) - 3, "ROT".getBytes(UTF_8));
      damaged = file;
    }
    refusesAndIsReplaced(damaged);
  }

  /** The third node's; a provider keeps one or more, and their digests, by that name. */
  private List<Path> snapshots() throws IOException {
    try (Stream<Path> all = Files.walk(cluster().data(N3))) {
      return all.filter(Files::isRegularFile)
          .filter(file -> file.getFileName().toString().matches("snapshot(\\.\\d+_\\d+)?"))
          .sorted()
          .toList();
    }
  }

  /** The process died while it wrote a record, so nobody had an answer to it. */
  @Test
  void shouldOpenWithATornLastRecord() throws Exception {
    Replica n1 = open(N1, true, List.of());
    n1.put("a", "1");
    Map<Path, byte[]> before = bounds(N1);
    n1.put("torn", marker(0));
    close(N1);
    Place place = find(N1, marker(0)).orElseThrow();
    int half = place.position + marker(0).length() / 2;
    overwrite(place.file, half, new byte[(int) Math.min(4096, Files.size(place.file) - half)]);
    for (var bound : before.entrySet()) {
      Files.write(bound.getKey(), bound.getValue());
    }
    reopen(N1);
    assertThat(get(N1).read("a")).isEqualTo("1");
    assertThat(get(N1).read("torn")).isEmpty();
    get(N1).put("b", "2");
    close(N1);
    reopen(N1);
    assertThat(get(N1).read("b")).isEqualTo("2");
  }

  /** What a replica knew of its progress at a time: its {@link CommittedBound}. */
  private Map<Path, byte[]> bounds(NodeId id) throws IOException {
    Map<Path, byte[]> bounds = new HashMap<>();
    try (Stream<Path> all = Files.walk(cluster().data(id))) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (file.getFileName().toString().endsWith("committed")) {
          bounds.put(file, Files.readAllBytes(file));
        }
      }
    }
    assertThat(bounds).isNotEmpty();
    return bounds;
  }

  private void fillThree() throws Exception {
    openThree();
    for (int i = 0; i < COMMANDS; i++) {
      get(N1).putEventually("k" + i, marker(i));
    }
    get(N3).awaitLocal("k" + (COMMANDS - 1), marker(COMMANDS - 1));
  }

  private void refusesAndIsReplaced(Path damaged) throws Exception {
    AerieException refusal = catchThrowableOfType(AerieException.class, () -> reopen(N3));
    assertThat(refusal.code()).isEqualTo(ErrorCode.CORRUPT);
    assertThat(refusal.getMessage() + refusal.why()).contains(damaged.getFileName().toString());
    get(N1).putEventually("meanwhile", "served");
    close(N3);
    removeWhatItNames(refusal);
    reopen(N3);
    assertThat(get(N3).readLocal("meanwhile")).isEqualTo("served");
    for (int i = 0; i < COMMANDS; i++) {
      assertThat(get(N3).readLocal("k" + i)).isEqualTo(marker(i));
    }
    get(N1).awaitMembers(ALL);
  }

  /** As its remedy tells administrators. */
  protected static void removeWhatItNames(AerieException refusal) throws IOException {
    Matcher named =
        Pattern.compile("stop the node, remove (\\S+) and start it").matcher(refusal.toString());
    assertThat(named.find()).as(refusal.toString()).isTrue();
    try (Stream<Path> all = Files.walk(Path.of(named.group(1)))) {
      for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static String marker(int number) {
    return "entry-marker-" + number + "-" + "x".repeat(40);
  }

  private record Place(Path file, int position) {}

  /** Where a text stands in a node's files. */
  private Optional<Place> find(NodeId id, String text) throws IOException {
    byte[] wanted = text.getBytes(UTF_8);
    List<Path> files;
    try (Stream<Path> all = Files.walk(cluster().data(id))) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      int position = indexOf(head(file), wanted);
      if (position >= 0) {
        return Optional.of(new Place(file, position));
      }
    }
    return Optional.empty();
  }

  /** Logs of these tests are short; files may be large and sparse. */
  private static byte[] head(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      int read = channel.read(bytes, 0);
      return Arrays.copyOf(bytes.array(), Math.max(0, read));
    }
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    for (int i = 0; i + wanted.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    return -1;
  }

  private static void overwrite(Path file, long position, byte[] with) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(with), position);
    }
  }
}
