package io.aerie.face;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.StorageViews.SnapshotView;
import io.aerie.storage.admin.StorageViews.VolumeView;
import io.aerie.storage.block.Attachments;
import io.aerie.storage.block.Attachments.AttachmentView;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Single objects of storage, as REST and the shell show them. */
public final class StorageObjects {
  private StorageObjects() {}

  /**
   * The object of that id or name as of now: what is not on this node's list may have been made
   * through another node the moment before. NOT_FOUND; UNAVAILABLE or TIMED_OUT when nobody can
   * tell.
   *
   * @param kind for the refusal: {@code volume}
   */
  public static ObjectNode one(
      StorageAdministration storage,
      String kind,
      String nameOrId,
      Function<StorageAdministration, List<?>> list) {
    Optional<ObjectNode> here = find(list.apply(storage), nameOrId);
    if (here.isPresent()) {
      return here.get();
    }
    Await.result(storage.catchUp());
    return find(list.apply(storage), nameOrId)
        .orElseThrow(
            () ->
                new AerieException(
                    ErrorCode.NOT_FOUND,
                    "There is no " + kind + " '" + nameOrId + "'",
                    "",
                    "The list of " + kind + "s shows what there is."));
  }

  /** Snapshots of one volume; NOT_FOUND when there is no such volume. */
  public static List<SnapshotView> snapshots(StorageAdministration storage, String volume) {
    String name = volumeName(storage, volume);
    return storage.snapshots().stream().filter(view -> view.volume().equals(name)).toList();
  }

  /** The snapshot of that id or name as of now, of one volume. */
  public static ObjectNode snapshot(StorageAdministration storage, String volume, String nameOrId) {
    return one(storage, "snapshot", nameOrId, known -> snapshots(known, volume));
  }

  /** Volumes that began as snapshots of one; NOT_FOUND when there is no such volume. */
  public static List<VolumeView> clones(StorageAdministration storage, String volume) {
    Optional<String> name = Optional.of(volumeName(storage, volume));
    return storage.volumes().stream().filter(view -> view.originVolume().equals(name)).toList();
  }

  /** Who has volumes open; UNAVAILABLE while storage is away. */
  public static List<AttachmentView> attachments(Subsystems subsystems) {
    return subsystems.require(Attachments.class).attachments();
  }

  /** Those of one volume; NOT_FOUND when there is no such volume. */
  public static List<AttachmentView> attachments(Subsystems subsystems, String volume) {
    String name = volumeName(subsystems.require(StorageAdministration.class), volume);
    return attachments(subsystems).stream().filter(view -> view.volume().equals(name)).toList();
  }

  private static String volumeName(StorageAdministration storage, String nameOrId) {
    return one(storage, "volume", nameOrId, StorageAdministration::volumes).path("name").asText();
  }

  private static Optional<ObjectNode> find(List<?> views, String nameOrId) {
    return views.stream().map(Views::of).filter(view -> Views.isNamed(view, nameOrId)).findFirst();
  }
}
