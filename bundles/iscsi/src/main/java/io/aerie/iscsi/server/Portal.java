package io.aerie.iscsi.server;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * Where initiators reach targets.
 *
 * @param address host and port
 * @param tag of its portal group: each node is one, because sessions don't span nodes
 */
public record Portal(String address, int tag) {
  private static final int TAG_MAX = 65535;

  /** The tag of a node, 1 to 65535, the same for the node's life and wherever it is asked. */
  public static int tagOf(String node) {
    CRC32C crc = new CRC32C();
    crc.update(node.getBytes(StandardCharsets.UTF_8));
    return (int) (crc.getValue() % TAG_MAX) + 1;
  }
}
