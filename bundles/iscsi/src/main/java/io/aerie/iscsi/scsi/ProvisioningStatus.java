package io.aerie.iscsi.scsi;

import io.aerie.storage.block.BlockVolume;
import io.aerie.storage.block.Extent;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * GET LBA STATUS: which blocks are mapped (SBC-3, sections 5.6 and 6.2).
 *
 * <pre>
 * u32 length of what follows | u32 reserved | descriptors of
 *   u64 first block | u32 number of blocks | u8 provisioning status | 3 reserved
 * </pre>
 */
final class ProvisioningStatus {
  private static final int HEAD_BYTES = 8;
  private static final int DESCRIPTOR_BYTES = 16;

  /** More is not told at once: initiators go on behind it. */
  private static final int DESCRIPTORS_MAX = 1024;

  private static final byte MAPPED = 0;
  private static final byte DEALLOCATED = 1;

  private ProvisioningStatus() {}

  static Work ask(Cdb cdb, BlockVolume volume, long sizeBytes, int blockBytes) {
    long first = cdb.firstBlock();
    if (first >= sizeBytes / blockBytes) {
      throw new CheckCondition(Sense.OUT_OF_RANGE);
    }
    long offset = first * blockBytes;
    long length = Math.min(sizeBytes - offset, BlockVolume.EXTENTS_BYTES_MAX);
    int allocated = cdb.allocation32(10);
    // At least one: what is cut off is seen by the length.
    int room = Math.max(1, (allocated - HEAD_BYTES) / DESCRIPTOR_BYTES);
    int most = Math.min(room, DESCRIPTORS_MAX);
    return new Work(
        0,
        Math.min(allocated, HEAD_BYTES + most * DESCRIPTOR_BYTES),
        data ->
            volume
                .extents(offset, length)
                .handle(
                    (extents, failure) ->
                        failure == null
                            ? Outcome.data(list(extents, most, blockBytes), allocated)
                            : Failures.outcome(null, failure, /* write= */ false)));
  }

  private static byte[] list(List<Extent> extents, int most, int blockBytes) {
    int count = Math.min(most, extents.size());
    ByteBuffer list = ByteBuffer.allocate(HEAD_BYTES + count * DESCRIPTOR_BYTES);
    list.putInt(list.capacity() - Integer.BYTES).putInt(0);
    for (Extent extent : extents.subList(0, count)) {
      list.putLong(extent.offset() / blockBytes);
      list.putInt((int) (extent.length() / blockBytes));
      list.put(extent.zero() ? DEALLOCATED : MAPPED).put(new byte[3]);
    }
    return list.array();
  }
}
