package io.aerie.storage.reservation;

import java.util.Comparator;

/**
 * A way of an initiator to a volume, an I_T nexus: what registers.
 *
 * @param initiator name of the initiator's port: its iSCSI name and session qualifier
 * @param port relative number of the target's port, 1 to 65535; each node is one
 */
public record Nexus(String initiator, int port) implements Comparable<Nexus> {
  private static final Comparator<Nexus> ORDER =
      Comparator.comparing(Nexus::initiator).thenComparingInt(Nexus::port);

  @Override
  public int compareTo(Nexus other) {
    return ORDER.compare(this, other);
  }
}
