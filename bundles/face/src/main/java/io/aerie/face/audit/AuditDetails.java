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
          "administrators",
          "bind-dn",
          "bindDn",
          "cancel",
          "changes",
          "chap-user",
          "discard",
          "disk",
          "encrypt",
          "failure-domain",
          "failureDomain",
          "force",
          "group-base",
          "group-filter",
          "groupBaseDn",
          "groupFilter",
          "hold",
          "id",
          "initiator",
          "initiators",
          "keep-password",
          "kinds",
          "level",
          "limits",
          "lun",
          "luns",
          "mode",
          "name",
          "none",
          "observers",
          "operators",
          "path",
          "percent",
          "plaintext",
          "policy",
          "pool",
          "prefix",
          "protection",
          "provider",
          "rack",
          "read-bytes",
          "read-operations",
          "readBytesPerSecond",
          "readOperationsPerSecond",
          "rebalance",
          "revision",
          "role",
          "scrub",
          "site",
          "size",
          "snapshot",
          "speedPercent",
          "state",
          "take-over",
          "takeOver",
          "timeout",
          "type",
          "user",
          "user-base",
          "user-filter",
          "userBaseDn",
          "userFilter",
          "validity",
          "volume",
          "without",
          "without-missing",
          "withoutMissing",
          "write-bytes",
          "write-operations",
          "writeBytesPerSecond",
          "writeOperationsPerSecond");

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
