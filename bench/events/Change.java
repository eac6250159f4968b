/**
 * A change that a node has acknowledged.
 *
 * @param kind of change: document, volume, announcement
 * @param measured not a part of the warm-up
 * @param object KIND/ID
 * @param name of the object
 * @param sentNs when the request was sent, by this process' clock
 * @param answeredNs when the answer was there
 */
record Change(String kind, boolean measured, Source source, long revision, String object, String name, long sentNs, long answeredNs) {
  Told.What what() {
    return new Told.What(source, revision, object);
  }
}
