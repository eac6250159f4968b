package io.aerie.rest.resources;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what requests have in common. */
final class Requests {
  private static final Pattern REVISION = Pattern.compile("\"(\\d{1,18})\"");

  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

  private Requests() {}

  /** Reads {@code dryRun}: anything but true and false is refused, since guessing may do harm. */
  static boolean dryRun(String text) {
    if (text == null || text.equals("false")) {
      return false;
    }
    if (text.equals("true") || text.isEmpty()) {
      return true;
    }
    throw new AerieException(
        ErrorCode.INVALID_VALUE,
        "'" + text + "' is not a value of dryRun",
        "It is true or false.",
        "");
  }

  /** As {@link #dryRun}, for other flags. */
  static boolean flag(String name, String text) {
    if (text == null || text.equals("false")) {
      return false;
    }
    if (text.equals("true")) {
      return true;
    }
    throw new AerieException(
        ErrorCode.INVALID_VALUE,
        "'" + text + "' is not a value of " + name,
        "It is true or false.",
        "");
  }

  /** Reads a whole number that is not negative. */
  static long number(String name, String text, long otherwise) {
    if (text == null) {
      return otherwise;
    }
    if (NUMBER.matcher(text).matches()) {
      return Long.parseLong(text);
    }
    throw new AerieException(
        ErrorCode.INVALID_VALUE,
        "'" + text + "' is not a value of " + name,
        "It is a whole number from 0 on.",
        "");
  }

  /**
   * The revision that If-Match asks for (RFC 9110, section 13.1.1); empty for none and for {@code
   * *}. A tag that is none of ours matches nothing.
   */
  static OptionalLong expectedRevision(String ifMatch) {
    if (ifMatch == null || ifMatch.strip().equals("*")) {
      return OptionalLong.empty();
    }
    Matcher matcher = REVISION.matcher(ifMatch.strip());
    if (!matcher.matches()) {
      throw new AerieException(
          ErrorCode.PRECONDITION_FAILED,
          "The object has another revision than If-Match asks for",
          "The tag " + ifMatch + " is none of this server's.",
          "Send the header ETag of the object as you last saw it.");
    }
    return OptionalLong.of(Long.parseLong(matcher.group(1)));
  }

  /** Refuses when a revision is expected and it is another. */
  static void check(OptionalLong expected, long actual) {
    if (expected.isPresent() && expected.getAsLong() != actual) {
      throw new AerieException(
          ErrorCode.PRECONDITION_FAILED,
          "The object has another revision than If-Match asks for",
          "It has revision " + actual + ", not " + expected.getAsLong() + ".",
          "Read it again, then decide.");
    }
  }

  /** Refuses any tag for what keeps no revision: nobody could tell whether it has changed. */
  static void checkNoRevision(String ifMatch) {
    if (ifMatch != null && !ifMatch.strip().equals("*")) {
      throw new AerieException(
          ErrorCode.PRECONDITION_FAILED,
          "The object has no revision that If-Match could ask for",
          "What is in quarantine keeps none.",
          "Read it again, then ask without If-Match.");
    }
  }

  /** A field that must be there. */
  static <T> T required(String field, T value) {
    if (value == null) {
      throw new AerieException(
          ErrorCode.INVALID_VALUE, "The field '" + field + "' is missing", "", "Send it.");
    }
    return value;
  }

  static AerieException notFound(String kind, String nameOrId) {
    return new AerieException(
        ErrorCode.NOT_FOUND,
        "There is no " + kind + " '" + nameOrId + "'",
        "",
        "GET the list to see what there is.");
  }
}
