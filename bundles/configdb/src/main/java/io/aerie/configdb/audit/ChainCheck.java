package io.aerie.configdb.audit;

import io.aerie.config.audit.AuditLog.Broken;
import io.aerie.config.audit.AuditLog.Entry;
import io.aerie.config.audit.AuditLog.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads a whole chain. Each entry must fit its own hash, follow the one before without a gap, and
 * name its hash. A chain whose first files were pruned must say so itself, further on.
 */
final class ChainCheck {
  /** Gives a file's lines. */
  interface Lines {
    List<String> of(Path file) throws IOException;
  }

  private final Map<Long, String> pruned = new TreeMap<>();
  private long first;
  private String firstPrevious = AuditLine.NO_HASH;
  private long last;
  private String lastHash = AuditLine.NO_HASH;

  /**
   * Checks.
   *
   * @param head the last entry's hash as its writer knows it; empty when nothing was written yet
   */
  Verification run(List<Path> files, Lines lines, Optional<Entry> head) throws IOException {
    for (Path file : files) {
      int number = 0;
      for (String line : lines.of(file)) {
        number++;
        String why = next(line);
        if (why != null) {
          return result(last + 1, file.getFileName() + ":" + number, why);
        }
      }
    }
    if (first > 1 && !firstPrevious.equals(pruned.get(first - 1))) {
      return result(first - 1, "before the first file", "older entries are gone, unannounced");
    }
    if (head.isPresent() && !head.get().hash().equals(lastHash)) {
      return result(last + 1, "after the last line", "entries that were written are gone");
    }
    return new Verification(first, last, Optional.empty());
  }

  /** What is wrong with the next line; null for nothing. */
  private String next(String line) {
    Entry entry;
    try {
      entry = AuditLine.read(line);
    } catch (AuditLine.Unreadable e) {
      return e.getMessage();
    }
    if (first == 0) {
      first = entry.sequence();
      firstPrevious = entry.previousHash();
      if (first == 1 && !firstPrevious.equals(AuditLine.NO_HASH)) {
        return "the first entry names one before it";
      }
    } else if (entry.sequence() != last + 1) {
      return "entry " + entry.sequence() + " stands in its place";
    } else if (!entry.previousHash().equals(lastHash)) {
      return "it does not continue the entry before";
    }
    last = entry.sequence();
    lastHash = entry.hash();
    return entry.event().action().equals(FileAuditLog.PRUNE) ? announced(entry) : null;
  }

  /** Takes in what an entry says of a file that goes. */
  private String announced(Entry entry) {
    String sequence = entry.event().details().get(FileAuditLog.LAST_SEQUENCE);
    String hash = entry.event().details().get(FileAuditLog.LAST_HASH);
    if (sequence == null || !sequence.matches("[0-9]{1,18}") || hash == null) {
      return "it doesn't say which entries went";
    }
    pruned.put(Long.parseLong(sequence), hash);
    return null;
  }

  private Verification result(long sequence, String where, String why) {
    return new Verification(first, last, Optional.of(new Broken(sequence, where, why)));
  }
}
