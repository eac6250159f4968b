package io.aerie.events;

/**
 * How much a hub holds.
 *
 * @param subscriptionsMax on this node
 * @param historyEventsMax of each source
 * @param historyCharactersMax of each source; documents of ConfigDB may be large
 * @param queueEventsMax that wait for one subscriber
 * @param queueCharactersMax of the same
 */
record Limits(
    int subscriptionsMax,
    int historyEventsMax,
    long historyCharactersMax,
    int queueEventsMax,
    long queueCharactersMax) {
  /**
   * Twice what the load test asks of one of three nodes; an hour of history at three changes a
   * second; a queue that outlasts a change that touches 1,000 objects at once. All sources'
   * histories together take some 100 MiB at most, in the usual case a tenth.
   */
  static final Limits DEFAULT = new Limits(7_000, 10_000, 16 << 20, 1_000, 4 << 20);
}
