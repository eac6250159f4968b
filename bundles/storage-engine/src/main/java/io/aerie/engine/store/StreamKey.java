package io.aerie.engine.store;

/**
 * One ordered history: all changes of one volume that fall to one group.
 *
 * @param volume number of the volume, never reused
 * @param group number of the group, never reused
 */
public record StreamKey(long volume, long group) implements Comparable<StreamKey> {
  @Override
  public int compareTo(StreamKey other) {
    int byVolume = Long.compare(volume, other.volume);
    return byVolume != 0 ? byVolume : Long.compare(group, other.group);
  }
}
