/**
 * An event as a subscriber was told of it.
 *
 * @param revision of the source
 * @param object KIND/ID
 * @param name of the object
 * @param atNs by this process' clock
 */
record Told(Source source, long revision, String object, String name, long atNs) {
  /** What is told, without to whom and when. */
  What what() {
    return new What(source, revision, object);
  }

  /**
   * What happened to one object at one revision.
   *
   * @param object KIND/ID
   */
  record What(Source source, long revision, String object) {}
}
