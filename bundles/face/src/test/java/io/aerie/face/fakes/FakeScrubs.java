package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.NodeId;
import io.aerie.storage.admin.QuarantineAdministration;
import io.aerie.storage.admin.ScrubAdministration;
import io.aerie.storage.admin.StorageViews.QuarantineView;
import io.aerie.storage.admin.StorageViews.ScrubView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Scrubs that begin and never come further, and one unknown volume in quarantine. */
class FakeScrubs implements ScrubAdministration, QuarantineAdministration {
  private final List<QuarantineView> quarantine = new ArrayList<>();
  private final TreeMap<String, ScrubView> scrubs = new TreeMap<>();
  private long revision = 100;

  FakeScrubs() {
    quarantine.add(new QuarantineView("77", List.of(new NodeId("n1")), List.of("d1"), 3, 8192));
  }

  @Override
  public List<QuarantineView> quarantine() {
    return List.copyOf(quarantine);
  }

  @Override
  public CompletableFuture<QuarantineView> forgetQuarantined(String volume, boolean dryRun) {
    QuarantineView held =
        quarantine.stream().filter(each -> each.id().equals(volume)).findFirst().orElse(null);
    if (held == null) {
      return CompletableFuture.failedFuture(
          new AerieException(ErrorCode.NOT_FOUND, "Nothing of it is in quarantine"));
    }
    if (!dryRun) {
      quarantine.remove(held);
    }
    return CompletableFuture.completedFuture(held);
  }

  @Override
  public List<ScrubView> scrubs() {
    return List.copyOf(scrubs.values());
  }

  private ScrubView view(String id, String scope, Optional<String> subject, String state) {
    return view(id, scope, subject, state, 1);
  }

  private ScrubView view(
      String id, String scope, Optional<String> subject, String state, long unrepairable) {
    Instant started = Instant.EPOCH.plusSeconds(scrubs.size());
    return new ScrubView(
        id, scope, subject, state, 1, 2, 1000, 3, 2, unrepairable, started, ++revision);
  }

  private CompletableFuture<ScrubView> done(ScrubView scrub, boolean dryRun) {
    if (!dryRun) {
      scrubs.put(scrub.id(), scrub);
    }
    return CompletableFuture.completedFuture(scrub);
  }

  /** A scrub of everything that finds nothing that it can't repair. */
  public void cleanScrub(String state) {
    scrubs.put("clean", view("clean", "all", Optional.empty(), state, 0));
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
