package io.aerie.face;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.StorageViews.ReservationView;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Who has reserved the volumes behind iSCSI targets, as REST and the shell show it. */
public final class TargetReservations {
  private final Subsystems subsystems;

  public TargetReservations(Subsystems subsystems) {
    this.subsystems = subsystems;
  }

  /** Of all volumes that somebody has reserved or is registered with, as of now. */
  public List<ReservationView> all() {
    StorageAdministration storage = subsystems.require(StorageAdministration.class);
    Await.result(storage.catchUp());
    return storage.reservations();
  }

  /** Those of them that are LUNs of a target; NOT_FOUND. */
  public List<ReservationView> ofTarget(String target) {
    return ofUnits(new IscsiTargets(subsystems).get(target));
  }

  private List<ReservationView> ofUnits(ObjectNode target) {
    Set<String> units = new HashSet<>();
    for (JsonNode lun : target.path("luns")) {
      units.add(lun.path("volume").asText());
    }
    return all().stream().filter(view -> units.contains(view.name())).toList();
  }

  /** Of one volume, also when nobody is registered with it, or of a target's; NOT_FOUND. */
  public List<ReservationView> of(String targetOrVolume) {
    StorageAdministration storage = subsystems.require(StorageAdministration.class);
    Await.result(storage.catchUp());
    boolean volume =
        storage.volumes().stream()
            .anyMatch(v -> v.name().equals(targetOrVolume) || v.id().equals(targetOrVolume));
    if (volume) {
      return List.of(Await.result(storage.reservation(targetOrVolume)));
    }
    return new IscsiTargets(subsystems)
        .list().stream()
            .filter(target -> Views.isNamed(target, targetOrVolume))
            .findFirst()
            .map(this::ofUnits)
            .orElseThrow(
                () ->
                    new AerieException(
                        ErrorCode.NOT_FOUND,
                        "There is no target and no volume '" + targetOrVolume + "'",
                        "",
                        "List the targets or the volumes to see what there is."));
  }
}
