import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** A stream, what it asked for, and all that it was told. Written by its loop's thread. */
final class Subscription implements EventText.Listener {
  /** One copy of each object's words, whoever is told of it. */
  private static final Map<String, String> words = new ConcurrentHashMap<>();

  private final List<String> subjects;
  private final String from;
  private final TlsStream stream;
  private final List<Told> told = new ArrayList<>(4);
  private volatile String begun;
  private volatile String reached = "";
  private volatile String ended;
  private volatile int resynchronised;

  /**
   * @param from the client's address of it
   * @param subjects none for all
   */
  Subscription(URI base, String from, String headers, List<String> subjects) {
    this.subjects = subjects;
    this.from = from;
    String query =
        subjects.stream()
            .map(subject -> "subject=" + URLEncoder.encode(subject, StandardCharsets.UTF_8))
            .collect(Collectors.joining("&", "?", ""));
    stream = new TlsStream(base, "/api/v1/events" + query, headers, new EventText(this));
  }

  TlsStream stream() {
    return stream;
  }

  String from() {
    return from;
  }

  List<Told> told() {
    return told;
  }

  boolean hasBegun() {
    return begun != null;
  }

  boolean hasEnded() {
    return ended != null;
  }

  /** Why the stream ended, or null. */
  String whyEnded() {
    return ended;
  }

  int resynchronised() {
    return resynchronised;
  }

  /** The revision of a source that it began behind. */
  long begunAt(Source source) {
    return source.revision(begun);
  }

  /** Whether it was told all up to a revision of a source, by its position; also when its subjects don't concern it. */
  boolean hasReached(Source source, long revision) {
    return begunAt(source) < 0 || source.revision(reached) >= revision;
  }

  @Override
  public void told(String event, String position, String data, long nowNs) throws IOException {
    reached = position;
    switch (event) {
      case "" -> {}
      case "begun" -> {
        if (begun != null) {
          throw new IOException("a second time begun");
        }
        begun = position;
      }
      case "resynchronise" -> resynchronised++;
      default -> {
        String kind = word(data, "kind");
        String object = words.computeIfAbsent(kind + "/" + word(data, "id"), same -> same);
        String name = words.computeIfAbsent(word(data, "name"), same -> same);
        told.add(new Told(Source.ofKind(kind), number(data, "revision"), object, name, nowNs));
      }
    }
  }

  /** The stream is over, which it should not be. */
  void ended(String why) {
    ended = why;
  }

  /**
   * Whether a change of an object is to be told, by the definition of subjects in docs/events.md.
   *
   * @param object KIND/ID
   * @param name of the object
   */
  boolean wants(String object, String name) {
    if (subjects.isEmpty()) {
      return true;
    }
    String kind = object.substring(0, object.indexOf('/'));
    for (String subject : subjects) {
      if (subject.equals(kind)
          || subject.equals(object)
          || (subject.startsWith(kind + "/") && subject.substring(kind.length() + 1).equals(name))
          || (kind.equals("config") && object.startsWith(subject + "/"))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return "a subscriber of " + (subjects.isEmpty() ? "all" : subjects);
  }

  /** A member of an object of JSON that is a text, by its first place. */
  static String word(String json, String name) throws IOException {
    int begin = after(json, "\"" + name + "\":\"");
    return json.substring(begin, json.indexOf('"', begin));
  }

  /** One that is a number. */
  static long number(String json, String name) throws IOException {
    int begin = after(json, "\"" + name + "\":");
    int end = begin;
    while (end < json.length() && Character.isDigit(json.charAt(end))) {
      end++;
    }
    return Long.parseLong(json, begin, end, 10);
  }

  private static int after(String json, String what) throws IOException {
    int at = json.indexOf(what);
    if (at < 0) {
      throw new IOException("there is no " + what + " in " + json);
    }
    return at + what.length();
  }
}
