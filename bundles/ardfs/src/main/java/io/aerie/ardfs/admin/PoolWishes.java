package io.aerie.ardfs.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import io.aerie.engine.rcd.RcdCommand;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which pools the administrator wants: documents {@code pools/NAME} of ConfigDB. A wish that RCD
 * does not have yet (the node died between the two) is carried out by whichever node sees it.
 */
// Each ignored future is the end of a chain whose last step handles the failure.
@SuppressWarnings("FutureReturnValueIgnored")
final class PoolWishes {
  private static final Logger log = LoggerFactory.getLogger(PoolWishes.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PREFIX = "pools";
  private static final String TYPE = "pool";

  private final RcdReplica replica;
  private final RcdClient rcd;

  /** The document. */
  record Wish(UUID id, String name) {}

  PoolWishes(RcdReplica replica, RcdClient rcd) {
    this.replica = replica;
    this.rcd = rcd;
  }

  /**
   * Writes the wish, then makes the pool. The wish is written first: it can be carried out later.
   */
  CompletableFuture<Void> wish(ConfigStore config, Wish wish) {
    String path = PREFIX + "/" + wish.name();
    ConfigTransaction transaction =
        new ConfigTransaction(
            List.of(new Condition(path, 0)), List.of(new Change.Put(path, TYPE, encode(wish))));
    return config
        .commit(transaction)
        .handle((revision, failure) -> failure == null || exists(failure) ? null : failure)
        .thenCompose(
            failure ->
                failure == null
                    ? config.get(path).thenCompose(document -> carryOut(document.orElseThrow()))
                    : CompletableFuture.failedFuture(failure));
  }

  private static boolean exists(Throwable failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return cause instanceof AerieException e && e.code() == ErrorCode.PRECONDITION_FAILED;
  }

  private CompletableFuture<Void> carryOut(Document document) {
    Wish wish = decode(document);
    return rcd.submit(new RcdCommand.CreatePool(wish.id(), wish.name())).thenApply(done -> null);
  }

  /** Carries out the wishes that RCD lacks; called now and then. */
  void reconcile(ConfigStore config) {
    for (Document document : config.listLocal(PREFIX)) {
      Wish wish = decode(document);
      if (replica.read(state -> state.pool(wish.name()).isEmpty())) {
        carryOut(document)
            .exceptionally(
                failure -> {
                  log.info("pool {} can't be made yet: {}", wish.name(), failure.toString());
                  return null;
                });
      }
    }
  }

  private static String encode(Wish wish) {
    try {
      return JSON.writeValueAsString(wish);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a wish can always be written", e);
    }
  }

  private static Wish decode(Document document) {
    try {
      return JSON.readValue(document.json(), Wish.class);
    } catch (JsonProcessingException e) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE,
          "The document " + document.path() + " is no pool",
          e.getOriginalMessage(),
          "",
          e);
    }
  }
}
