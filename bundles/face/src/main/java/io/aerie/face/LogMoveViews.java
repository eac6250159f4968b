package io.aerie.face;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.config.transfer.ConfigLogMove.Outcome;
import java.time.Duration;

/** A move of ConfigDB's log as users see it. */
public final class LogMoveViews {
  /** Longer than all steps of a move may take; it goes on when nobody waits any more. */
  public static final Duration LIMIT = Duration.ofMinutes(5);

  private LogMoveViews() {}

  /** {@code {"dryRun", "from", "to", "revision", "nodes": [...], "waitingFor": [...]}}. */
  public static ObjectNode of(Outcome outcome) {
    ObjectNode node =
        Views.mapper()
            .createObjectNode()
            .put("dryRun", outcome.dryRun())
            .put("from", outcome.from())
            .put("to", outcome.to())
            .put("revision", outcome.revision());
    node.set("nodes", Views.mapper().valueToTree(outcome.nodes()));
    node.set("waitingFor", Views.mapper().valueToTree(outcome.waitingFor()));
    return node;
  }
}
