package io.aerie.upgrade.apply;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigTransaction;
import io.aerie.config.ConfigTransaction.Condition;
import io.aerie.config.Document;
import io.aerie.upgrade.apply.cluster.Waiting;
import io.aerie.upgrade.apply.run.Documents;
import io.aerie.upgrade.apply.run.Run;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The run in ConfigDB, which any node may change and none changes unseen. */
final class RunDocument {
  /** Longer than ConfigDB itself tries, so that its own error is the one that is told. */
  static final Duration LIMIT = Duration.ofSeconds(40);

  private static final int ATTEMPTS_MAX = 10;

  private final ConfigStore store;

  RunDocument(ConfigStore store) {
    this.store = store;
  }

  /** As of now; blocks. */
  Optional<Run> get() {
    return Waiting.on(store.get(Documents.RUN), LIMIT).map(Documents::runOf);
  }

  /** As this node's replica has it. */
  Optional<Run> local() {
    return store.getLocal(Documents.RUN).map(Documents::runOf);
  }

  /**
   * Changes it, from what it is at that moment; blocks.
   *
   * @param further conditions besides that nobody else changes it
   * @param change the next state, or the same for none; called again when somebody was faster
   */
  Run change(List<Condition> further, Function<Optional<Run>, Run> change) {
    for (int attempt = 1; ; attempt++) {
      Optional<Document> document = Waiting.on(store.get(Documents.RUN), LIMIT);
      Optional<Run> present = document.map(Documents::runOf);
      Run next = change.apply(present);
      if (present.isPresent() && present.get().equals(next)) {
        return next;
      }
      long revision = document.map(Document::revision).orElse(0L);
      try {
        Waiting.on(
            store.commit(
                new ConfigTransaction(
                    Stream.concat(
                            Stream.of(new Condition(Documents.RUN, revision)), further.stream())
                        .toList(),
                    List.of(Documents.put(next)))),
            LIMIT);
        return get().orElseThrow();
      } catch (AerieException e) {
        if (e.code() != ErrorCode.PRECONDITION_FAILED || attempt == ATTEMPTS_MAX) {
          throw e;
        }
      }
    }
  }
}
