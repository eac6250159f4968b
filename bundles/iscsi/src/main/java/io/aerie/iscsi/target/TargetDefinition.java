package io.aerie.iscsi.target;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A target.
 *
 * @param name its iSCSI name
 * @param units by their numbers, 0 to 16383
 * @param initiators names of those who may see and use it; empty: all
 * @param chap what initiators prove, or null for nothing
 */
public record TargetDefinition(
    String name, SortedMap<Integer, UnitDefinition> units, List<String> initiators, Chap chap) {
  public TargetDefinition {
    units = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(units));
    initiators = List.copyOf(initiators);
  }

  /** A target for all, without proof; volumes to read and write, by number. */
  public static TargetDefinition open(String name, Map<Integer, String> volumes) {
    return new TargetDefinition(name, writable(volumes), List.of(), null);
  }

  /** Units to read and write, of volumes by number. */
  public static SortedMap<Integer, UnitDefinition> writable(Map<Integer, String> volumes) {
    SortedMap<Integer, UnitDefinition> units = new TreeMap<>();
    volumes.forEach((number, volume) -> units.put(number, UnitDefinition.of(volume)));
    return units;
  }

  /** Units as initiators address them: whether they may be written is told otherwise. */
  public Map<Integer, UnitDefinition> addressed() {
    Map<Integer, UnitDefinition> all = new TreeMap<>();
    units.forEach((number, unit) -> all.put(number, unit.writable()));
    return all;
  }

  /** The same without units of some volumes. */
  TargetDefinition withoutVolumes(Set<String> volumes) {
    SortedMap<Integer, UnitDefinition> left = new TreeMap<>(units);
    left.values().removeIf(unit -> volumes.contains(unit.volume()));
    return new TargetDefinition(name, left, initiators, chap);
  }

  /** Whether an initiator may see and use it. */
  public boolean admits(String initiator) {
    return initiators.isEmpty() || initiators.contains(initiator);
  }

  /**
   * Secrets of CHAP.
   *
   * @param user that initiators name
   * @param secret that they prove to know
   * @param mutualUser that this target names; empty when it proves nothing
   * @param mutualSecret that it proves to know
   */
  public record Chap(String user, String secret, String mutualUser, String mutualSecret) {
    /** Nobody's proof is good. */
    public static final Chap NOBODY = new Chap("", "", "", "");

    public boolean isMutual() {
      return !mutualUser.isEmpty();
    }

    /** Never prints the secrets. */
    @Override
    public String toString() {
      return "Chap[user=" + user + ", mutualUser=" + mutualUser + "]";
    }
  }
}
