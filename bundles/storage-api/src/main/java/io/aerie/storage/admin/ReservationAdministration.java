package io.aerie.storage.admin;

import io.aerie.storage.admin.StorageViews.ReservationView;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Who has reserved volumes, and what becomes of that when he is gone for good. */
public interface ReservationAdministration {
  /** Of all volumes that somebody has reserved or is registered with. */
  List<ReservationView> reservations();

  /**
   * Of one volume, as of now; nobody's registrations when there are none. NOT_FOUND, UNAVAILABLE or
   * TIMED_OUT when nobody can tell.
   */
  CompletableFuture<ReservationView> reservation(String volumeNameOrId);

  /**
   * Forgets a volume's reservation and all registrations, and tells those that were registered.
   * Answers what was forgotten when the volume's owner knows: what comes after that is not shut
   * out, through whichever node. NOT_FOUND (no such volume, or nothing to forget), IN_USE (one of
   * those whom it would hit has the volume open), PRECONDITION_FAILED (revision given and stale),
   * TIMED_OUT (it may have happened).
   *
   * @param force also when they have it open
   */
  CompletableFuture<ReservationView> clearReservation(
      String volumeNameOrId, boolean force, OptionalLong expectedRevision, boolean dryRun);
}
