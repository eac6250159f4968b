package io.aerie.cluster.atomix.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aerie.cluster.atomix.DurableFiles;
import io.atomix.cluster.MemberId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * To whom this replica gave its vote in the last term in which it gave one: Raft's rule of one vote
 * a term. Atomix 3.1.12 forgets its vote as soon as it knows or loses the term's leader, so a
 * delayed request could get a second vote, and a term a second leader. One line of text: {@code
 * TERM CANDIDATE}.
 */
final class Ballot {
  private final Path file;
  private long term;
  private String candidate = "";

  Ballot(Path file) throws IOException {
    this.file = file;
    if (Files.exists(file)) {
      String[] words = Files.readString(file, UTF_8).strip().split(" ", 2);
      try {
        term = Long.parseLong(words[0]);
        candidate = words[1];
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new DamagedFileException(file + " is no ballot", e);
      }
    }
  }

  /** Gives the term's vote, durably; false when another has it, or a later term's was given. */
  synchronized boolean vote(long forTerm, MemberId forCandidate) throws IOException {
    if (forTerm < term || (forTerm == term && !candidate.equals(forCandidate.id()))) {
      return false;
    }
    if (forTerm > term) {
      DurableFiles.write(file, (forTerm + " " + forCandidate.id() + "\n").getBytes(UTF_8));
      term = forTerm;
      candidate = forCandidate.id();
    }
    return true;
  }
}
