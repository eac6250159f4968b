package io.aerie.iscsi.scsi;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What a logical unit says of itself.
 *
 * @param volumeId UUID; identifies the unit on all nodes, for the life of the volume
 * @param targetName iSCSI name
 * @param portalGroupTag of this node's portal, 1 to 65535
 * @param blockBytes length of a logical block, 512 or 4096
 */
public record Unit(String volumeId, String targetName, int portalGroupTag, int blockBytes) {
  /** Length of a physical block: one of storage's pages, bytes. */
  private static final int PHYSICAL_BLOCK_BYTES = 4096;

  /** Largest transfer of one command, the most that a BlockVolume reads at once. */
  public static final int TRANSFER_BYTES_MAX = 32 << 20;

  /** Storage gives space back in units of this size, bytes (contract of BlockVolume.zero). */
  static final int UNMAP_UNIT_BYTES = 64 << 10;

  static final String VENDOR = "AERIE   ";
  static final String PRODUCT = "VOLUME          ";
  static final String REVISION = "0001";

  /** Two to the power of this are the logical blocks of a physical one. */
  int physicalExponent() {
    return Integer.numberOfTrailingZeros(PHYSICAL_BLOCK_BYTES / blockBytes);
  }

  /** An NAA identifier of type 3, locally assigned (SPC-4, 7.8.6.6.4): 60 bits of a hash. */
  long naa() {
    return naa(volumeId);
  }

  /** The same for any volume, by its id. */
  public static long naa(String volumeId) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(volumeId.getBytes(StandardCharsets.UTF_8));
      long value = java.nio.ByteBuffer.wrap(hash).getLong();
      return 0x3000_0000_0000_0000L | (value & 0x0fff_ffff_ffff_ffffL);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
