package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.storage.admin.ScrubAdministration;
import io.aerie.storage.admin.StorageViews.ScrubView;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Scrubs that begin and never come further. */
class FakeScrubs implements ScrubAdministration {
  private final TreeMap<String, ScrubView> scrubs = new TreeMap<>();
  private long revision = 100;

  @Override
  public List<ScrubView> scrubs() {
    return List.copyOf(scrubs.values());
  }

  private ScrubView view(String id, String scope, Optional<String> subject, String state) {
    return new ScrubView(id, scope, subject, state, 1, 2, 1000, 3, 2, 1, Instant.EPOCH, ++revision);
  }

  private CompletableFuture<ScrubView> done(ScrubView scrub, boolean dryRun) {
    if (!dryRun) {
      scrubs.put(scrub.id(), scrub);
    }
    return CompletableFuture.completedFuture(scrub);
  }

  @Override
  public CompletableFuture<ScrubView> startScrub(Scope scope, String nameOrId, boolean dryRun) {
    String word = scope.name().toLowerCase(Locale.ROOT);
    String id = Integer.toString(7 + scrubs.size());
    return done(view(id, word, Optional.ofNullable(nameOrId), "running"), dryRun);
  }

  @Override
  public CompletableFuture<ScrubView> controlScrub(
      String id, Control control, OptionalLong expectedRevision, boolean dryRun) {
    ScrubView scrub = scrubs.get(id);
    if (scrub == null) {
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.NOT_FOUND, "There is no scrub '" + id + "'"));
    }
    if (expectedRevision.isPresent() && expectedRevision.getAsLong() != scrub.revision()) {
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.PRECONDITION_FAILED, "The scrub has changed"));
    }
    String state =
        switch (control) {
          case PAUSE -> "paused";
          case RESUME -> "running";
          case CANCEL -> "cancelled";
        };
    return done(view(id, scrub.scope(), scrub.subject(), state), dryRun);
  }
}
