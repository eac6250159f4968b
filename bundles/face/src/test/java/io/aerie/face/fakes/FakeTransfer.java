package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.transfer.ConfigTransfer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Exports two texts; imports those, the plain one also with more behind, and refuses all others.
 */
public final class FakeTransfer implements ConfigTransfer {
  /** What comes out without a passphrase. */
  public static final String PLAIN = "plain\n";

  private static final String SEALED = "sealed with ";

  private final List<String> imports = new ArrayList<>();
  private final CountDownLatch begun = new CountDownLatch(1);
  private CompletableFuture<Void> mayEnd = CompletableFuture.completedFuture(null);
  private volatile int lastBytes;

  /** No import ends before this does. */
  public void endWith(CompletableFuture<Void> future) {
    mayEnd = future;
  }

  /** Waits until an import has begun. */
  public boolean awaitBegun() throws InterruptedException {
    return begun.await(60, TimeUnit.SECONDS);
  }

  /** Bytes of the file that was imported last, dry runs included. */
  public int lastBytes() {
    return lastBytes;
  }

  /** The imports so far, with their mode; dry runs are none. */
  public List<String> imports() {
    return imports;
  }

  @Override
  public CompletableFuture<Export> export(Optional<char[]> passphrase) {
    String text = passphrase.map(phrase -> SEALED + new String(phrase)).orElse(PLAIN);
    List<String> leftOut = passphrase.isPresent() ? List.of() : List.of("users/ada");
    return CompletableFuture.completedFuture(
        new Export(text.getBytes(StandardCharsets.UTF_8), 7, 2, leftOut));
  }

  @Override
  public boolean isEncrypted(byte[] file) {
    return text(file).startsWith(SEALED);
  }

  @Override
  public CompletableFuture<Outcome> restore(
      byte[] file, Optional<char[]> passphrase, Wish wish, Consumer<Progress> progress) {
    char[] wanted = text(file).replace(SEALED, "").toCharArray();
    boolean opens =
        isEncrypted(file)
            ? passphrase.filter(phrase -> Arrays.equals(phrase, wanted)).isPresent()
            : text(file).startsWith(PLAIN);
    if (!opens) {
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.INVALID_VALUE, "the file is not an export of ConfigDB"));
    }
    begun.countDown();
    lastBytes = file.length;
    if (!wish.dryRun()) {
      imports.add(wish.mode().name());
      progress.accept(new Progress(1, 1));
    }
    List<Planned> changes = List.of(new Planned(Action.CREATE, "pools/p1", "pool"));
    return mayEnd.thenApply(
        nothing -> new Outcome(wish.dryRun(), wish.dryRun() ? 7 : 8, 1, 1, changes));
  }

  private static String text(byte[] file) {
    return new String(file, StandardCharsets.UTF_8);
  }
}
