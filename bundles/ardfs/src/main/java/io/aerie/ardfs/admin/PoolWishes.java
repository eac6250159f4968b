package io.aerie.ardfs.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aerie.ardfs.host.RcdClient;
import io.aerie.ardfs.lists.Views;
import io.aerie.ardfs.rcd.RcdReplica;
import io.aerie.base.AerieException;
import io.aerie.base.Causes;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Change;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import io.aerie.engine.rcd.PoolRecord;
import io.aerie.engine.rcd.RcdCommand;
import io.aerie.engine.rcd.RcdState;
import io.aerie.storage.admin.FailureDomain;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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

  /**
   * The document.
   *
   * @param failureDomain over what the pool spreads; null when nobody chose, which is written as
   *     nothing: nodes that know no such field still read it
   */
  record Wish(
      UUID id, String name, @JsonInclude(JsonInclude.Include.NON_NULL) String failureDomain) {
    static Wish of(UUID id, String name, FailureDomain spread) {
      return new Wish(id, name, spread == FailureDomain.NODE ? null : spread.toString());
    }

    /** What carries it out, each of them harmless when it is done already. */
    List<RcdCommand> commands() {
      RcdCommand create = new RcdCommand.CreatePool(id, name);
      return failureDomain == null
          ? List.of(create)
          : List.of(
              create,
              new RcdCommand.SpreadPool(id, Views.domain(FailureDomain.parse(failureDomain))));
    }
  }

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
                    ? config
                        .get(path)
                        .thenCompose(document -> carryOut(same(wish, document.orElseThrow())))
                    : CompletableFuture.failedFuture(failure));
  }

  /** Somebody may have been quicker, and wanted it otherwise. */
  private static Wish same(Wish wish, Document document) {
    Wish there = decode(document);
    if (!Objects.equals(there.failureDomain(), wish.failureDomain())) {
      throw new AerieException(
          ErrorCode.ALREADY_EXISTS,
          "Pool '" + wish.name() + "' is being made with another failure domain",
          "Somebody else asked for it before.",
          "Look at the list of pools.");
    }
    return there;
  }

  /** Writes over what a pool is to spread, before that is done. */
  CompletableFuture<Void> spread(ConfigStore config, PoolRecord pool, FailureDomain level) {
    String path = PREFIX + "/" + pool.name();
    return config
        .get(path)
        .thenCompose(
            document ->
                document
                    .filter(there -> decode(there).id().equals(pool.id()))
                    .map(there -> config.commit(rewritten(there, pool, level)))
                    .orElse(CompletableFuture.completedFuture(0L)))
        .thenApply(revision -> null);
  }

  private static ConfigTransaction rewritten(
      Document document, PoolRecord pool, FailureDomain level) {
    Wish wish = new Wish(pool.id(), pool.name(), level.toString());
    return new ConfigTransaction(
        List.of(new Condition(document.path(), document.revision())),
        List.of(new Change.Put(document.path(), TYPE, encode(wish))));
  }

  private static boolean exists(Throwable failure) {
    return Causes.isRefusal(failure, ErrorCode.PRECONDITION_FAILED);
  }

  private CompletableFuture<Void> carryOut(Wish wish) {
    CompletableFuture<Void> carried = CompletableFuture.completedFuture(null);
    for (RcdCommand command : wish.commands()) {
      carried = carried.thenCompose(done -> rcd.submit(command)).thenApply(answer -> null);
    }
    return carried;
  }

  /**
   * Whether nothing but the wish tells how the pool is to be: it is missing, or the node that made
   * it died before it was spread. Once volumes lie in it, RCD alone decides.
   */
  private static boolean isLeft(Wish wish, RcdState state) {
    Optional<PoolRecord> pool = state.pool(wish.name());
    if (pool.isEmpty()) {
      return true;
    }
    PoolRecord made = pool.get();
    return made.id().equals(wish.id())
        && wish.failureDomain() != null
        && made.spread() != Views.domain(FailureDomain.parse(wish.failureDomain()))
        && state.groups().values().stream().noneMatch(group -> group.pool() == made.number());
  }

  /** Carries out the wishes that RCD lacks; called now and then. */
  void reconcile(ConfigStore config) {
    for (Document document : config.listLocal(PREFIX)) {
      Wish wish = decode(document);
      if (replica.read(state -> isLeft(wish, state))) {
        carryOut(wish)
            .exceptionally(
                failure -> {
                  log.info("pool {} is not as wanted yet: {}", wish.name(), failure.toString());
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
