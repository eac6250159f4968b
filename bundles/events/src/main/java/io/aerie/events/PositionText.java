package io.aerie.events;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Positions as text.
 *
 * <pre>
 *   config.12~3f2a9c01-rcd.57.2~3f2a9c01
 *   |      |  |         |   |  '- two of the events of that revision; without it all of them
 *   |      |  '- era    '   '- revision
 *   '- source
 * </pre>
 */
final class PositionText {
  /** Longer texts are none of ours. */
  private static final int LENGTH_MAX = 512;

  private static final Pattern PART =
      Pattern.compile("([a-z]{1,32})\\.(\\d{1,18})(?:\\.(\\d{1,9}))?(?:~([0-9A-Za-z]{1,64}))?");
  private static final Pattern REVISION = Pattern.compile("\\d{1,18}");

  private PositionText() {}

  static String of(SortedMap<String, Place> places) {
    StringBuilder text = new StringBuilder(32 * places.size());
    places.forEach(
        (source, place) -> {
          text.append(text.isEmpty() ? "" : "-")
              .append(source)
              .append('.')
              .append(place.revision());
          if (place.count() != Place.ALL) {
            text.append('.').append(place.count());
          }
          text.append('~').append(place.era());
        });
    return text.toString();
  }

  /** Whether it is a bare revision. */
  static boolean isRevision(String text) {
    return REVISION.matcher(text).matches();
  }

  /** Reads a position; an era that is left out is empty. INVALID_VALUE. */
  static Map<String, Place> parse(String text) {
    Map<String, Place> places = new TreeMap<>();
    if (text.isEmpty()) {
      // the position of one who subscribed while all sources were away
      return places;
    }
    if (text.length() > LENGTH_MAX) {
      throw invalid(text.substring(0, LENGTH_MAX));
    }
    for (String part : text.split("-", -1)) {
      Matcher matcher = PART.matcher(part);
      if (!matcher.matches()) {
        throw invalid(text);
      }
      Place place =
          new Place(
              matcher.group(4) == null ? "" : matcher.group(4),
              Long.parseLong(matcher.group(2)),
              matcher.group(3) == null ? Place.ALL : Integer.parseInt(matcher.group(3)));
      if (places.put(matcher.group(1), place) != null) {
        throw invalid(text);
      }
    }
    return places;
  }

  private static AerieException invalid(String text) {
    return new AerieException(
        ErrorCode.INVALID_VALUE,
        "'" + text + "' is no position of events",
        "A position is the id of an event, or a revision where all subjects come from one source.",
        "Send the id of the last event as it came, or leave it out to begin now.");
  }
}
