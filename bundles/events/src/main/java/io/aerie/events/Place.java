package io.aerie.events;

/**
 * How far somebody knows one source.
 *
 * @param era of the revision
 * @param revision the last of which something is known
 * @param count how many of that revision's events; {@link #ALL} for all
 */
record Place(String era, long revision, int count) implements Comparable<Place> {
  static final int ALL = Integer.MAX_VALUE;

  static Place after(String era, long revision) {
    return new Place(era, revision, ALL);
  }

  /** The one further on; of another era, the newer knowledge. */
  static Place later(Place before, Place now) {
    return before.era().equals(now.era()) && before.compareTo(now) > 0 ? before : now;
  }

  /** By revision and count; only within an era. */
  @Override
  public int compareTo(Place other) {
    int byRevision = Long.compare(revision, other.revision);
    return byRevision != 0 ? byRevision : Integer.compare(count, other.count);
  }
}
