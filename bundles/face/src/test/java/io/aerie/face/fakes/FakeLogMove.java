package io.aerie.face.fakes;

import io.aerie.config.transfer.ConfigLogMove;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Moves at once, leaves one node behind, and remembers what was wanted. */
public final class FakeLogMove implements ConfigLogMove {
  private final List<Wish> wishes = new ArrayList<>();

  public List<Wish> wishes() {
    return wishes;
  }

  @Override
  public CompletableFuture<Outcome> move(Wish wish, Consumer<Step> progress) {
    wishes.add(wish);
    progress.accept(Step.CHECKED);
    if (wish.dryRun()) {
      return CompletableFuture.completedFuture(
          new Outcome(true, "atomix:config", wish.provider(), 7, List.of("n1", "n2"), List.of()));
    }
    progress.accept(Step.SEALED);
    return CompletableFuture.completedFuture(
        new Outcome(
            false,
            "atomix:config",
            wish.provider() + ":config-2",
            7,
            List.of("n1", "n2"),
            List.of("n2")));
  }
}
