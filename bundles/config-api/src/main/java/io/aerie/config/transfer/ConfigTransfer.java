package io.aerie.config.transfer;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Export and import of ConfigDB. What belongs to this very cluster (its members, its tokens) stays
 * in it. Documents that hold secrets go into exports with a passphrase only.
 */
public interface ConfigTransfer {
  /**
   * Bytes of a file: twice the largest database, encoded in base64. What is larger is neither made
   * nor read.
   */
  int FILE_BYTES_MAX = 192 * 1024 * 1024;

  /**
   * The whole database at one revision, as of now (linearizable). INVALID_VALUE for a passphrase
   * that is too short; TOO_LARGE when nobody could import the file.
   */
  CompletableFuture<Export> export(Optional<char[]> passphrase);

  /** Whether a file wants a passphrase; INVALID_VALUE when it is no export, TOO_LARGE. */
  boolean isEncrypted(byte[] file);

  /**
   * Imports a file: in one transaction when it fits into one, else in steps. During steps ConfigDB
   * is marked as being restored and refuses all other changes and exports; when the steps end early
   * it stays so until the same file is imported again, which does the rest. Everything is judged
   * before the first change. Fails with INVALID_VALUE when the file is no export, is damaged, or
   * the passphrase does not fit; UNSUPPORTED_FORMAT when a newer release wrote it; TOO_LARGE when
   * the file is, or the database would become; CONFLICT when another restore is under way;
   * PRECONDITION_FAILED when somebody else changed one of its documents meanwhile; and as {@link
   * io.aerie.config.ConfigStore#commit} does.
   */
  CompletableFuture<Outcome> restore(
      byte[] file, Optional<char[]> passphrase, Wish wish, Consumer<Progress> progress);

  /** The same without anybody who looks at its progress. */
  default CompletableFuture<Outcome> restore(
      byte[] file, Optional<char[]> passphrase, Mode mode, boolean dryRun) {
    return restore(file, passphrase, new Wish(mode, dryRun, false), progress -> {});
  }

  /**
   * What is wanted of an import.
   *
   * @param dryRun judge all, change nothing
   * @param takeOver end another restore that was left unfinished, and put this one in its place
   */
  record Wish(Mode mode, boolean dryRun, boolean takeOver) {}

  /**
   * How far a restore in steps is.
   *
   * @param step done, from 1
   * @param steps of this run
   */
  record Progress(int step, int steps) {}

  /** What becomes of documents that are not in the file. */
  enum Mode {
    /** They stay. */
    MERGE,
    /** They are deleted, unless the file could not have them. */
    REPLACE
  }

  /**
   * An export.
   *
   * @param file the bytes, see docs/configdb.md
   * @param revision of the database
   * @param documents how many the file has
   * @param leftOut paths of documents that hold secrets and that it does not have
   */
  record Export(byte[] file, long revision, int documents, List<String> leftOut) {
    public Export {
      leftOut = List.copyOf(leftOut);
    }
  }

  /** What happens to a document. */
  enum Action {
    CREATE,
    REPLACE,
    DELETE
  }

  /** One change of an import. */
  record Planned(Action action, String path, String type) {}

  /**
   * What an import did, or would do.
   *
   * @param revision the new one; on a dry run and when nothing changes, the one that there is
   * @param steps transactions that it took or would take, 0 when nothing changes
   * @param unchanged documents that are in the file as they are in the database
   * @param changes by path
   */
  record Outcome(boolean dryRun, long revision, int steps, int unchanged, List<Planned> changes) {
    public Outcome {
      changes = List.copyOf(changes);
    }
  }
}
