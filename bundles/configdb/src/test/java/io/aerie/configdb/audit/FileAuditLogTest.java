package io.aerie.configdb.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.audit.AuditLog.Broken;
import io.aerie.config.audit.AuditLog.Entry;
import io.aerie.config.audit.AuditLog.Event;
import io.aerie.config.audit.AuditLog.Verification;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chain over restarts, crashes, rotation and pruning; and every kind of tampering with its
 * files, which verification must name by the first entry that does not fit.
 */
class FileAuditLogTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-21T04:00:00Z"), ZoneOffset.UTC);

  @TempDir private Path folder;
  private final List<FileAuditLog> open = new ArrayList<>();

  private FileAuditLog log() {
    return log(1 << 20, 4);
  }

  private FileAuditLog log(long fileBytesMax, int filesMax) {
    FileAuditLog log = new FileAuditLog(() -> folder, CLOCK, fileBytesMax, filesMax);
    open.add(log);
    return log;
  }

  @AfterEach
  void close() throws Exception {
    for (FileAuditLog log : open) {
      log.close();
    }
  }

  private static Event event(int number) {
    return new Event(
        "ada",
        "192.0.2.1",
        "volume:delete",
        Map.of("volume", "v" + number),
        "done",
        OptionalLong.empty());
  }

  private static void append(FileAuditLog log, int count) {
    for (int i = 0; i < count; i++) {
      log.append(event(i));
    }
  }

  private List<Path> files() throws Exception {
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    }
  }

  private Path file() throws Exception {
    return files().get(0);
  }

  private static Broken broken(FileAuditLog log) {
    return log.verify().broken().orElseThrow();
  }

  @Test
  void shouldGiveBackWhatWasAppendedTheNewestFirst() {
    FileAuditLog log = log();
    assertThat(log.verify()).isEqualTo(new Verification(0, 0, java.util.Optional.empty()));
    append(log, 5);
    List<Entry> entries = log.list(OptionalLong.empty(), 3);
    assertThat(entries).extracting(Entry::sequence).containsExactly(5L, 4L, 3L);
    assertThat(entries.get(0).event()).isEqualTo(event(4));
    assertThat(entries.get(0).time()).isEqualTo(CLOCK.instant());
    assertThat(log.list(OptionalLong.of(3), 10))
        .extracting(Entry::sequence)
        .containsExactly(2L, 1L);
    assertThat(log.verify().broken()).isEmpty();
    assertThat(log.verify().lastSequence()).isEqualTo(5);
  }

  @Test
  void shouldNameAnAnnouncementThatAnnouncesNothing() throws Exception {
    int chains = 0;
    for (Map<String, String> details :
        List.of(
            Map.<String, String>of(),
            Map.of(FileAuditLog.LAST_SEQUENCE, "7"),
            Map.of(FileAuditLog.LAST_SEQUENCE, "seven", FileAuditLog.LAST_HASH, "0"))) {
      Path place = Files.createDirectory(folder.resolve("chain-" + chains++));
      FileAuditLog log = new FileAuditLog(() -> place, CLOCK, 1 << 20, 4);
      open.add(log);
      append(log, 1);
      log.append(new Event("", "local", FileAuditLog.PRUNE, details, "done", OptionalLong.empty()));
      append(log, 1);
      assertThat(broken(log).why()).contains("doesn't say which entries went");
    }
  }

  @Test
  void shouldBeVerifiableWithoutOurCode() throws Exception {
    append(log(), 2);
    String previous = "0".repeat(64);
    for (String line : Files.readAllLines(file())) {
      int end = line.lastIndexOf(",\"hash\":\"");
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(line.substring(0, end).getBytes(StandardCharsets.UTF_8));
      assertThat(line).endsWith(",\"hash\":\"" + HexFormat.of().formatHex(digest) + "\"}");
      assertThat(line).contains("\"previous\":\"" + previous + "\"");
      previous = HexFormat.of().formatHex(digest);
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void shouldGoOnAfterRestart() throws Exception {
    append(log(), 3);
    close();
    FileAuditLog again = log();
    assertThat(again.append(event(9)).sequence()).isEqualTo(4);
    assertThat(again.verify().broken()).isEmpty();
  }

  @Test
  void shouldDropAnEntryThatACrashTore() throws Exception {
    append(log(), 3);
    close();
    byte[] whole = Files.readAllBytes(file());
    int lastLine = new String(whole, StandardCharsets.UTF_8).lastIndexOf('\n', whole.length - 2);
    for (int length = lastLine + 1; length < whole.length; length += 37) {
      Files.write(file(), java.util.Arrays.copyOf(whole, length));
      FileAuditLog again = log();
      assertThat(again.append(event(9)).sequence()).as("cut to " + length).isEqualTo(3);
      assertThat(again.verify().broken()).isEmpty();
      again.close();
    }
  }

  @Test
  void shouldNameTheEntryThatWasChanged() throws Exception {
    FileAuditLog log = log();
    append(log, 10);
    String text = Files.readString(file());
    Files.writeString(file(), text.replace("\"v4\"", "\"x4\""));
    assertThat(broken(log).sequence()).isEqualTo(5);
    assertThat(broken(log).where()).endsWith(":5");
    assertThat(log.verify().lastSequence()).isEqualTo(4);
    assertThat(log.list(OptionalLong.empty(), 100)).hasSize(9);
  }

  @Test
  void shouldNameTheEntryAfterOneThatWasChangedTogetherWithItsHash() throws Exception {
    FileAuditLog log = log();
    append(log, 10);
    List<String> lines = new ArrayList<>(Files.readAllLines(file()));
    String changed = lines.get(4).replace("\"v4\"", "\"x4\"");
    String hashed = changed.substring(0, changed.lastIndexOf(",\"hash\""));
    lines.set(4, hashed + ",\"hash\":\"" + AuditLine.sha256(hashed) + "\"}");
    Files.write(file(), lines);
    assertThat(broken(log).sequence()).isEqualTo(6);
    assertThat(broken(log).why()).contains("does not continue");
  }

  @Test
  void shouldNoticeEveryRemovalInsertionAndExchange() throws Exception {
    FileAuditLog log = log();
    append(log, 10);
    List<String> lines = Files.readAllLines(file());
    for (int i = 0; i < lines.size(); i++) {
      List<String> without = new ArrayList<>(lines);
      without.remove(i);
      Files.write(file(), without);
      assertThat(broken(log).sequence()).as("without line " + i).isEqualTo(i == 0 ? 1 : i + 1);
      List<String> twice = new ArrayList<>(lines);
      twice.add(i, lines.get(i));
      Files.write(file(), twice);
      assertThat(broken(log).sequence()).as("line " + i + " twice").isEqualTo(i + 2);
      List<String> junk = new ArrayList<>(lines);
      junk.add(i, "{}");
      Files.write(file(), junk);
      assertThat(broken(log).sequence()).as("junk at line " + i).isEqualTo(i + 1);
    }
    Files.write(file(), lines);
    assertThat(log.verify().broken()).isEmpty();
  }

  @Test
  void shouldNoticeAnyFlippedBit() throws Exception {
    FileAuditLog log = log();
    append(log, 3);
    byte[] good = Files.readAllBytes(file());
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 1;
      Files.write(file(), bad);
      assertThat(log.verify().broken()).as("byte " + i).isPresent();
    }
  }

  @Test
  void shouldGoOnAfterTamperingAndStillNameIt() throws Exception {
    append(log(), 3);
    close();
    String text = Files.readString(file());
    Files.writeString(file(), text.replace("\"v2\"", "\"x2\""));
    FileAuditLog again = log();
    assertThat(again.append(event(9)).sequence()).isEqualTo(4);
    assertThat(broken(again).sequence()).isEqualTo(3);
  }

  @Test
  void shouldRotateAndPruneAndSaySo() throws Exception {
    FileAuditLog log = log(1_000, 3);
    append(log, 60);
    assertThat(files()).hasSize(3);
    Verification found = log.verify();
    assertThat(found.broken()).isEmpty();
    assertThat(found.firstSequence()).isGreaterThan(1);
    assertThat(log.list(OptionalLong.empty(), 1_000))
        .hasSize((int) (found.lastSequence() - found.firstSequence() + 1))
        .anyMatch(entry -> entry.event().action().equals(FileAuditLog.PRUNE));
    log.close();
    FileAuditLog again = log(1_000, 3);
    append(again, 1);
    assertThat(again.verify().broken()).isEmpty();
  }

  @Test
  void shouldNoticeFilesThatWereTakenAway() throws Exception {
    FileAuditLog log = log(1_000, 100);
    append(log, 20);
    List<Path> files = files();
    assertThat(files).hasSizeGreaterThan(3);
    byte[] first = Files.readAllBytes(files.get(0));
    Files.delete(files.get(0));
    assertThat(broken(log).why()).contains("unannounced");
    Files.write(files.get(0), first);
    byte[] second = Files.readAllBytes(files.get(1));
    Files.delete(files.get(1));
    assertThat(broken(log).why()).contains("stands in its place");
    Files.write(files.get(1), second);
    Files.delete(files.get(files.size() - 1));
    assertThat(broken(log).why()).contains("gone");
  }

  @Test
  void shouldRefuseWhatItCannotWriteAndGoOnLater() throws Exception {
    Path place = folder.resolve("later");
    FileAuditLog log = new FileAuditLog(() -> place, CLOCK, 1 << 20, 4);
    open.add(log);
    assertThatThrownBy(() -> log.append(event(1)))
        .isInstanceOfSatisfying(
            AerieException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO_ERROR));
    Files.createDirectory(place);
    assertThat(log.append(event(1)).sequence()).isEqualTo(1);
  }

  @Test
  void shouldKeepLinesLinesWhateverTheTextsHold() throws Exception {
    FileAuditLog log = log();
    String nasty = "a\n{\"sequence\":2}\r\u2028\"\\,\"hash\":\"" + "x".repeat(3_000);
    log.append(new Event(nasty, nasty, nasty, Map.of("k", nasty), nasty, OptionalLong.of(7)));
    log.append(event(2));
    assertThat(Files.readAllLines(file(), StandardCharsets.UTF_8)).hasSize(2);
    assertThat(log.verify().broken()).isEmpty();
    Entry entry = log.list(OptionalLong.of(2), 1).get(0);
    assertThat(entry.event().user()).startsWith("a\n{").hasSizeLessThan(1_100);
    assertThat(entry.event().begun()).hasValue(7);
    Files.writeString(file(), "torn", StandardOpenOption.APPEND);
    assertThat(log.list(OptionalLong.empty(), 10)).hasSize(2);
  }
}
