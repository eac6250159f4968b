package io.aerie.storage.block;

import java.util.List;

/** What clients of this node have asked of volumes since its storage began. */
public interface VolumeTraffic {
  /** Of volumes that exist and were used through this node, in no order. */
  List<Traffic> traffic();

  /**
   * Operations of one kind on one volume that have ended.
   *
   * @param volume its name
   * @param operation read, write (comparing ones, too) or zero
   * @param operations how many ended well
   * @param failures how many ended with an error
   * @param bytes of those that ended well
   * @param nanoseconds that these took, from the request of the export to its answer, summed up
   */
  record Traffic(
      String volume,
      String operation,
      long operations,
      long failures,
      long bytes,
      long nanoseconds) {}
}
