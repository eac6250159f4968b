package io.aerie.configdb.copies;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.cluster.log.ReplicatedLogProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this node shall found ConfigDB again, after all its replicas were lost. A file in the
 * node's data folder says so: only who is root, or the node's user, on the machine can make it.
 *
 * <pre>
 *  no file -------------------------------------------> no
 *  file -- this node has data ------------------------> no, the file is of no use
 *       -- another node has data ---------------------> no, the file is set aside, logged as an error
 *       -- a member doesn't answer, and the file has
 *          no line "without NODE" --------------------> not yet: asked again
 *       -- all others have none ----------------------> yes
 * </pre>
 *
 * <p>Two ConfigDBs in one cluster would be worse than none, so nobody founds while one may be left.
 */
public final class FoundingAnew {
  private static final Logger log = LoggerFactory.getLogger(FoundingAnew.class);

  private final Path file;
  private final CopyPeers peers;

  /**
   * @param data the node's data folder
   */
  public FoundingAnew(Path data, CopyPeers peers) {
    this.file = data.resolve("found-configdb");
    this.peers = peers;
  }

  /** Whether the file is there: this node makes the first user of a ConfigDB that has none. */
  public boolean isWanted() {
    return Files.exists(file);
  }

  /** Whether to found; UNAVAILABLE as long as nobody knows. */
  public CompletableFuture<Boolean> judge(
      ReplicatedLogProvider provider, String logName, List<NodeId> others) {
    if (!isWanted() || provider.holds(logName)) {
      return CompletableFuture.completedFuture(false);
    }
    List<String> lines;
    try {
      lines = Files.readAllLines(file).stream().map(String::strip).toList();
    } catch (IOException e) {
      return CompletableFuture.failedFuture(
          new AerieException(
              ErrorCode.IO_ERROR, file + " can't be read", String.valueOf(e.getMessage()), "", e));
    }
    CompletableFuture<Boolean> held = CompletableFuture.completedFuture(false);
    for (NodeId node : others) {
      if (!lines.contains("without " + node)) {
        held = held.thenCombine(holds(node), (before, now) -> before || now);
      }
    }
    return held.thenApply(
        some -> {
          if (some) {
            refuse();
          } else {
            log.warn("No node has data of ConfigDB: it is founded anew, as {} says", file);
          }
          return !some;
        });
  }

  private CompletableFuture<Boolean> holds(NodeId node) {
    return peers
        .holds(node)
        .handle(
            (answer, failure) -> {
              if (failure != null) {
                throw new AerieException(
                    ErrorCode.UNAVAILABLE,
                    "ConfigDB is not founded anew yet: nobody knows whether " + node + " has it",
                    String.valueOf(failure.getMessage()),
                    "Start that node. If it is lost, write the line 'without "
                        + node
                        + "' into "
                        + file
                        + ".",
                    failure);
              }
              if (answer) {
                log.error("{} has data of ConfigDB", node);
              }
              return answer;
            });
  }

  private void refuse() {
    log.error("ConfigDB is not founded anew: it is not lost. {} is set aside", file);
    move(".refused");
  }

  /** It was founded and has a user. */
  public void done() {
    if (isWanted()) {
      move(".done");
    }
  }

  private void move(String suffix) {
    try {
      Files.move(
          file,
          file.resolveSibling(file.getFileName() + suffix),
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // harmless: where there is data, the file means nothing
      log.warn("{} can't be set aside: {}", file, e.toString());
    }
  }
}
