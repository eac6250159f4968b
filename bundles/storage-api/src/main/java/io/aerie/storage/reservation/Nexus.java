package io.aerie.storage.reservation;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.zip.CRC32C;

/**
 * A way of an initiator to a volume, an I_T nexus: what registers.
 *
 * @param initiator name of the initiator's port: its iSCSI name and session qualifier
 * @param port relative number of the target's port, 1 to 65535; each node is one
 */
public record Nexus(String initiator, int port) implements Comparable<Nexus> {
  private static final Comparator<Nexus> ORDER =
      Comparator.comparing(Nexus::initiator).thenComparingInt(Nexus::port);

  private static final int PORT_MAX = 65535;

  /** The port of a node, the same for the node's life and wherever it is asked. */
  public static int portOf(String node) {
    CRC32C crc = new CRC32C();
    crc.update(node.getBytes(StandardCharsets.UTF_8));
    return (int) (crc.getValue() % PORT_MAX) + 1;
  }

  @Override
  public int compareTo(Nexus other) {
    return ORDER.compare(this, other);
  }
}
