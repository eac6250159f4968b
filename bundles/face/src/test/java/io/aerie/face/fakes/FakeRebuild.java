package io.aerie.face.fakes;

import io.aerie.config.copies.ConfigRebuild;
import io.aerie.config.copies.CopyDisks.Copy;
import io.aerie.config.copies.CopyDisks.Label;
import io.aerie.config.transfer.ConfigTransfer.Action;
import io.aerie.config.transfer.ConfigTransfer.Planned;
import io.aerie.config.transfer.ConfigTransfer.Progress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Finds one copy of two documents, and remembers what was wanted. */
public final class FakeRebuild implements ConfigRebuild {
  private final List<Wish> wishes = new ArrayList<>();

  public List<Wish> wishes() {
    return wishes;
  }

  @Override
  public CompletableFuture<Outcome> rebuild(Wish wish, Consumer<Progress> progress) {
    wishes.add(wish);
    progress.accept(new Progress(1, 2));
    Label label = new Label(new UUID(0, 7), 1, 42, Instant.EPOCH);
    Found found =
        new Found("n2", new UUID(0, 3), "/dev/sdx", new Copy(5, label, 2_048), true, false);
    return CompletableFuture.completedFuture(
        new Outcome(
            wish.dryRun(),
            List.of(found),
            List.of("node n3: down"),
            wish.discard() ? Optional.empty() : Optional.of(found),
            2,
            1,
            List.of(new Planned(Action.CREATE, "pools/p1", "pool")),
            List.of("tokens: 3"),
            9));
  }
}
