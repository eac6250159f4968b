package io.aerie.ardfs.lists;

import io.aerie.engine.rcd.AttachmentRecord;
import io.aerie.engine.rcd.RcdChange;
import io.aerie.engine.rcd.ReservationRecord;
import io.aerie.storage.reservation.ReservationState;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** How volumes are reserved; kept change by change. */
final class ObservedReservations {
  private final Map<Long, ReservationState> ofVolume = new HashMap<>();

  void put(ReservationRecord record) {
    put(record.volume(), record.state());
  }

  private void put(long volume, ReservationState state) {
    if (state.kept()) {
      ofVolume.put(volume, state);
    } else {
      ofVolume.remove(volume);
    }
  }

  void remove(long volume) {
    ofVolume.remove(volume);
  }

  /** Adds the volume that a change may be seen in. */
  void touch(RcdChange change, Touched touched) {
    if (change instanceof RcdChange.Reservation c) {
      touched.volumes.add(c.reservation().volume());
    } else if (change instanceof RcdChange.Detached c && ofVolume.containsKey(volume(c))) {
      touched.volumes.add(volume(c));
    }
  }

  private static long volume(RcdChange.Detached change) {
    return change.attachment().volume();
  }

  void apply(RcdChange change) {
    if (change instanceof RcdChange.Reservation c) {
      put(c.reservation());
    } else if (change instanceof RcdChange.Detached c && ofVolume.containsKey(volume(c))) {
      AttachmentRecord ended = c.attachment();
      ReservationState of = ofVolume.get(volume(c));
      put(ended.volume(), ended.nexus().map(of::detached).orElse(of));
    }
  }

  /** The word for how it is reserved; empty when it isn't. */
  Optional<String> of(long volume) {
    return Optional.ofNullable(ofVolume.get(volume)).flatMap(Views::reservation);
  }
}
