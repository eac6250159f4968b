package io.aerie.ardfs.admin;

import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Disks that this machine's set-up gives to the cluster: each is added once, as soon as this node
 * is a member and storage answers. A disk that was added or refused is remembered in the file
 * "claimed", a path a line, so that one that an administrator took away later doesn't come back.
 *
 * <p>Nothing is forced: what isn't empty is refused, and the log says so.
 */
public final class DiskClaims {
  private static final Logger log = LoggerFactory.getLogger(DiskClaims.class);

  private final ClusterStorage.DiskAdder disks;
  private final Path file;
  private final String pool;
  private final Set<String> open;

  /**
   * @param folder of this node's data
   * @param claim absolute paths with commas between them
   */
  public DiskClaims(ClusterStorage.DiskAdder disks, Path folder, String claim, String pool) {
    this.disks = disks;
    this.file = folder.resolve("claimed");
    this.pool = pool;
    open = new LinkedHashSet<>();
    for (String path : claim.split(",", -1)) {
      if (!path.isBlank()) {
        open.add(path.strip());
      }
    }
    open.removeAll(done());
  }

  /**
   * Tries those that are open, one after the other.
   *
   * @return whether nothing is left to try
   */
  public CompletableFuture<Boolean> tryOpen() {
    CompletableFuture<Void> chain = CompletableFuture.completedFuture(null);
    for (String path : List.copyOf(open)) {
      chain = chain.thenCompose(before -> claim(path));
    }
    return chain.thenApply(tried -> open.isEmpty());
  }

  private CompletableFuture<Void> claim(String path) {
    return disks
        .add(path, pool, false, false)
        .handle(
            (outcome, failure) -> {
              if (failure == null) {
                log.info("{} was claimed for pool {}", path, pool);
                settle(path);
              } else {
                failed(path, Causes.of(failure));
              }
              return null;
            });
  }

  private void failed(String path, Throwable cause) {
    if (!(cause instanceof AerieException refusal)) {
      log.error("{} can't be claimed; tried again", path, cause);
    } else if (refusal.code() == ErrorCode.ALREADY_EXISTS) {
      settle(path);
    } else if (refusal.code().httpStatus() < 500) {
      log.error("{} is not claimed. {}", path, refusal.describe());
      settle(path);
    } else {
      log.info("{} can't be claimed yet: {}", path, refusal.describe());
    }
  }

  private void settle(String path) {
    try {
      List<String> lines = new ArrayList<>(done());
      lines.add(path);
      Path aside = file.resolveSibling(file.getFileName() + ".new");
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(aside, lines);
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // it is found among the cluster's disks next time, or refused again
      log.warn("That {} was claimed could not be written down", path, e);
    }
    open.remove(path);
  }

  private List<String> done() {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be read", e);
    }
  }
}
