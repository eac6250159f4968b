package io.aerie.event;

import io.aerie.base.Subscription;
import java.util.List;
import java.util.Set;

/**
 * Tells what happens to the objects that a subsystem owns. A service, registered by that subsystem.
 *
 * <p>Where {@link #era} is the same on all nodes, so must be what is told: the same events, in the
 * same order, under the same revisions. Then a subscriber can move from node to node.
 */
public interface EventSource {
  /** One word of lower-case letters, the same for good: {@code rcd}. */
  String name();

  /**
   * Letters and digits; revisions of different eras have nothing to do with each other. The
   * cluster's for what is replicated, and where that can be founded anew in the same cluster more,
   * new with each founding; new with each start for what only this node sees. Asked when the source
   * comes, and each time that it begins; never blocks for long.
   */
  String era();

  /** The era of what is replicated: letters and digits enough to tell clusters apart. */
  static String clusterEra(String clusterId) {
    String letters = clusterId.replaceAll("[^0-9A-Za-z]", "");
    return letters.substring(0, Math.min(8, letters.length()));
  }

  /** The kinds of its objects; no other source has them. */
  Set<String> kinds();

  /** Tells all from now on, by a thread of the source, one call at a time. */
  Subscription follow(Sink sink);

  /** Where it is told. Never blocks for long. */
  interface Sink {
    /**
     * The source knows its objects as of this revision, and tells everything after it. First of
     * all, and again when it can't tell what happened since it told last, or the era is another.
     */
    void begin(long revision);

    /** All that happened at a revision, in order; revisions grow. May be nothing. */
    void applied(long revision, List<Event> events);
  }
}
