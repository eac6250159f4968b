package io.aerie.face;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.config.transfer.ConfigTransfer;
import io.aerie.config.transfer.ConfigTransfer.Mode;
import io.aerie.config.transfer.ConfigTransfer.Outcome;
import io.aerie.config.transfer.ConfigTransfer.Planned;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** ConfigDB's import as users write it and see it. */
public final class TransferViews {
  /**
   * How long a restore is waited for. The largest has some 150 steps, each a few fsyncs on a
   * majority of the nodes; it goes on when nobody waits any more.
   */
  public static final Duration RESTORE_LIMIT = Duration.ofMinutes(10);

  /** Of the heap: the file, what it holds, that encoded, encrypted and split, and the rest. */
  private static final int HEAP_SHARES = 6;

  /** Bytes of a file that this node takes: a larger one could be the end of its heap. */
  public static final int FILE_BYTES_MAX =
      (int) Math.min(ConfigTransfer.FILE_BYTES_MAX, Runtime.getRuntime().maxMemory() / HEAP_SHARES);

  private TransferViews() {}

  /** The refusal of a file that has more bytes than this node takes. */
  public static AerieException fileTooLarge(long bytesMax) {
    return new AerieException(
        ErrorCode.TOO_LARGE,
        "The file is too large",
        "This node takes files of at most " + bytesMax + " bytes, a sixth of its heap.",
        "Start the node with a larger heap, or import on one that has it.");
  }

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

  /**
   * {@code {"dryRun", "revision", "steps", "unchanged", "changes": [{"action", "path", "type"}]}}.
   */
  public static ObjectNode of(Outcome outcome) {
    ObjectNode node =
        Views.mapper()
            .createObjectNode()
            .put("dryRun", outcome.dryRun())
            .put("revision", outcome.revision())
            .put("steps", outcome.steps())
            .put("unchanged", outcome.unchanged());
    put(node, outcome.changes());
    return node;
  }

  static void put(ObjectNode node, List<Planned> all) {
    ArrayNode changes = node.putArray("changes");
    for (Planned planned : all) {
      changes
          .addObject()
          .put("action", planned.action().name().toLowerCase(Locale.ROOT))
          .put("path", planned.path())
          .put("type", planned.type());
    }
  }
}
