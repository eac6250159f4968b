package io.aerie.storage.admin;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.util.List;
import java.util.Locale;

/**
 * How a volume survives failures: {@code rf2} and {@code rf3} keep whole copies on 2 or 3 nodes.
 *
 * @param copies whole copies, each in another failure domain
 */
public record Protection(int copies) {
  /** All that there are. */
  public static final List<Protection> ALL = List.of(new Protection(2), new Protection(3));

  /** Reads {@code rf2} or {@code rf3}, in any case. */
  public static Protection parse(String text) {
    return switch (text == null ? "" : text.toLowerCase(Locale.ROOT)) {
      case "rf2" -> new Protection(2);
      case "rf3" -> new Protection(3);
      default ->
          throw new AerieException(
              ErrorCode.INVALID_PROTECTION,
              "'" + text + "' is not a protection",
              "This release knows rf2 and rf3.",
              "");
    };
  }

  /** In-sync copies that a group needs to acknowledge writes: rf2 1, rf3 2. */
  public int minimum() {
    return copies - 1;
  }

  @Override
  public String toString() {
    return "rf" + copies;
  }
}
