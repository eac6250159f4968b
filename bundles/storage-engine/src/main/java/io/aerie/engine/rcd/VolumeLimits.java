package io.aerie.engine.rcd;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What all clients of a volume together may ask of it in a second; 0 stands for any amount.
 *
 * @param readOperations requests that read
 * @param writeOperations requests that write, or make zero
 * @param readBytes bytes that are read
 * @param writeBytes bytes that are written; making zero moves none
 */
public record VolumeLimits(
    long readOperations, long writeOperations, long readBytes, long writeBytes) {
  /** As much as the disks give. */
  public static final VolumeLimits NONE = new VolumeLimits(0, 0, 0, 0);

  /** In a change: that limit stays as it is. */
  public static final long KEEP = Long.MIN_VALUE;

  /** These with a change laid over them. */
  public VolumeLimits changed(VolumeLimits change) {
    return new VolumeLimits(
        change.readOperations == KEEP ? readOperations : change.readOperations,
        change.writeOperations == KEEP ? writeOperations : change.writeOperations,
        change.readBytes == KEEP ? readBytes : change.readBytes,
        change.writeBytes == KEEP ? writeBytes : change.writeBytes);
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(readOperations);
    out.writeLong(writeOperations);
    out.writeLong(readBytes);
    out.writeLong(writeBytes);
  }

  static VolumeLimits read(DataInput in) throws IOException {
    return new VolumeLimits(in.readLong(), in.readLong(), in.readLong(), in.readLong());
  }
}
