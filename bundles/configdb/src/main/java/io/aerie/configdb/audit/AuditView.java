package io.aerie.configdb.audit;

import io.aerie.config.audit.AuditLog.Entry;
import io.aerie.config.audit.AuditLog.Verification;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the log had at one moment, to be read while it goes on: files before the current one never
 * change any more, and of the current one only what it had counts.
 *
 * @param files the oldest first
 * @param current the one that is written to
 * @param currentBytes that it had, whole lines
 * @param head the last entry as its writer knows it; empty when nothing was written yet
 * @param disk reads files
 */
record AuditView(
    List<Path> files,
    Path current,
    long currentBytes,
    Optional<Entry> head,
    FileAuditLog.Disk disk) {

  private List<String> lines(Path file) throws IOException {
    byte[] bytes = disk.read(file);
    boolean longer = file.equals(current) && bytes.length > currentBytes;
    return AuditFolder.lines(longer ? Arrays.copyOf(bytes, (int) currentBytes) : bytes);
  }

  /** Entries, the newest first; those that were pruned in the meantime are no more. */
  List<Entry> list(OptionalLong before, int limit) throws IOException {
    List<Entry> found = new ArrayList<>();
    for (int i = files.size() - 1; i >= 0; i--) {
      if (before.isPresent() && AuditFolder.firstSequence(files.get(i)) >= before.getAsLong()) {
        continue;
      }
      List<String> lines;
      try {
        lines = new ArrayList<>(lines(files.get(i)));
      } catch (NoSuchFileException e) {
        continue;
      }
      Collections.reverse(lines);
      for (String line : lines) {
        if (found.size() >= limit) {
          return found;
        }
        AuditLine.readable(line)
            .filter(entry -> before.isEmpty() || entry.sequence() < before.getAsLong())
            .ifPresent(found::add);
      }
    }
    return found;
  }

  /**
   * Checks the chain.
   *
   * @throws NoSuchFileException a file went in the meantime: what announces it is not in this view
   */
  Verification verify() throws IOException {
    return new ChainCheck().run(files, this::lines, head);
  }
}
