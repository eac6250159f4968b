package io.aerie.face.audit;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What of a change's arguments is recorded: those whose names are listed here, and no others. A new
 * argument is not recorded until somebody decided that it holds no secret.
 */
public final class AuditDetails {
  private static final Set<String> HARMLESS =
      Set.of(
          "cancel",
          "changes",
          "discard",
          "disk",
          "failure-domain",
          "failureDomain",
          "force",
          "hold",
          "id",
          "kinds",
          "mode",
          "level",
          "limits",
          "name",
          "none",
          "percent",
          "path",
          "pool",
          "prefix",
          "protection",
          "read-bytes",
          "read-operations",
          "revision",
          "rack",
          "role",
          "scrub",
          "site",
          "size",
          "snapshot",
          "speedPercent",
          "state",
          "takeOver",
          "type",
          "user",
          "validity",
          "volume",
          "without",
          "withoutMissing",
          "write-bytes",
          "write-operations");

  private AuditDetails() {}

  /** Keeps of a change's arguments what may be recorded. */
  public static void put(Map<String, String> details, String name, Object value) {
    if (value != null && HARMLESS.contains(name)) {
      details.put(name, text(value));
    }
  }

  private static String text(Object value) {
    return value instanceof Collection<?> many
        ? many.stream().map(String::valueOf).collect(Collectors.joining(","))
        : String.valueOf(value);
  }
}
