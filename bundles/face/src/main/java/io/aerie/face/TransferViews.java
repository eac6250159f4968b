package io.aerie.face;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.transfer.ConfigTransfer.Mode;
import io.aerie.config.transfer.ConfigTransfer.Outcome;
import io.aerie.config.transfer.ConfigTransfer.Planned;
import java.util.Locale;

/** ConfigDB's import as users write it and see it. */
public final class TransferViews {
  private TransferViews() {}

  /** Reads {@code merge} or {@code replace}; null stands for merge, which deletes nothing. */
  public static Mode mode(String text) {
    for (Mode mode : Mode.values()) {
      if (text == null || mode.name().toLowerCase(Locale.ROOT).equals(text)) {
        return mode;
      }
    }
    throw new AerieException(
        ErrorCode.INVALID_VALUE, "'" + text + "' is not a mode", "It is merge or replace.", "");
  }

  /** {@code {"dryRun", "revision", "unchanged", "changes": [{"action", "path", "type"}]}}. */
  public static ObjectNode of(Outcome outcome) {
    ObjectNode node =
        Views.mapper()
            .createObjectNode()
            .put("dryRun", outcome.dryRun())
            .put("revision", outcome.revision())
            .put("unchanged", outcome.unchanged());
    ArrayNode changes = node.putArray("changes");
    for (Planned planned : outcome.changes()) {
      changes
          .addObject()
          .put("action", planned.action().name().toLowerCase(Locale.ROOT))
          .put("path", planned.path())
          .put("type", planned.type());
    }
    return node;
  }
}
