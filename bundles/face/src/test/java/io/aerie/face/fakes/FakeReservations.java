package io.aerie.face.fakes;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.storage.admin.ReservationAdministration;
import io.aerie.storage.admin.StorageViews.RegistrationView;
import io.aerie.storage.admin.StorageViews.ReservationView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Reservations that tests make, with a revision of 7. */
abstract class FakeReservations extends FakeScrubs implements ReservationAdministration {
  private static final long REVISION = 7;

  private final TreeMap<String, ReservationView> reservations = new TreeMap<>();

  /** All volumes. */
  public abstract List<VolumeView> volumes();

  /** Registers and reserves. */
  public void reserve(String volume, String type, RegistrationView... registrations) {
    reservations.put(
        volume,
        new ReservationView(
            "id-" + volume, volume, Optional.of(type), 2, false, List.of(registrations), REVISION));
  }

  Optional<String> reservationType(String volume) {
    return Optional.ofNullable(reservations.get(volume)).flatMap(ReservationView::type);
  }

  @Override
  public List<ReservationView> reservations() {
    return List.copyOf(reservations.values());
  }

  @Override
  public CompletableFuture<ReservationView> reservation(String volumeNameOrId) {
    return volumes().stream()
        .filter(v -> v.name().equals(volumeNameOrId) || v.id().equals(volumeNameOrId))
        .findFirst()
        .map(volume -> CompletableFuture.completedFuture(reservation(volume)))
        .orElseGet(() -> refused(ErrorCode.NOT_FOUND));
  }

  private ReservationView reservation(VolumeView volume) {
    return reservations.getOrDefault(
        volume.name(),
        new ReservationView(volume.id(), volume.name(), Optional.empty(), 0, false, List.of(), 0));
  }

  @Override
  public CompletableFuture<ReservationView> clearReservation(
      String volumeNameOrId, boolean force, OptionalLong expectedRevision, boolean dryRun) {
    return reservation(volumeNameOrId)
        .thenCompose(view -> clear(view, force, expectedRevision, dryRun));
  }

  private CompletableFuture<ReservationView> clear(
      ReservationView view, boolean force, OptionalLong expectedRevision, boolean dryRun) {
    if (view.registrations().isEmpty()) {
      return refused(ErrorCode.NOT_FOUND);
    }
    if (expectedRevision.isPresent() && expectedRevision.getAsLong() != view.revision()) {
      return refused(ErrorCode.PRECONDITION_FAILED);
    }
    if (!force && view.registrations().stream().anyMatch(RegistrationView::open)) {
      return refused(ErrorCode.IN_USE);
    }
    if (!dryRun) {
      reservations.remove(view.name());
    }
    return CompletableFuture.completedFuture(view);
  }

  private static CompletableFuture<ReservationView> refused(ErrorCode code) {
    return CompletableFuture.failedFuture(new AerieException(code, "Not cleared"));
  }
}
