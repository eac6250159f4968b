package io.aerie.face;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.config.copies.ConfigRebuild.Found;
import io.aerie.config.copies.ConfigRebuild.Outcome;
import io.aerie.config.copies.CopyDisks.Label;
import java.time.Duration;
import java.time.Instant;

/** A rebuild of ConfigDB as users see it. */
public final class RebuildViews {
  private RebuildViews() {}

  /**
   * {@code {"dryRun", "revision", "copies": [...], "missing": [...], "restored": {...} | null,
   * "documents", "unchanged", "changes": [...], "notInCopy": [...]}}.
   */
  public static ObjectNode of(Outcome outcome) {
    ObjectNode node =
        Views.mapper()
            .createObjectNode()
            .put("dryRun", outcome.dryRun())
            .put("revision", outcome.revision());
    ArrayNode copies = node.putArray("copies");
    outcome.copies().forEach(found -> copies.add(of(found)));
    node.set("missing", Views.mapper().valueToTree(outcome.missing()));
    outcome
        .restored()
        .ifPresentOrElse(found -> node.set("restored", of(found)), () -> node.putNull("restored"));
    node.put("documents", outcome.documents()).put("unchanged", outcome.unchanged());
    TransferViews.put(node, outcome.changes());
    node.set("notInCopy", Views.mapper().valueToTree(outcome.notInCopy()));
    return node;
  }

  private static ObjectNode of(Found found) {
    Label label = found.copy().label();
    return Views.mapper()
        .createObjectNode()
        .put("node", found.node())
        .put("disk", found.disk().toString())
        .put("path", found.path())
        .put("lineage", label.lineage().toString())
        .put("order", label.order())
        .put("revision", label.revision())
        .put("written", label.written().toString())
        .put("ageSeconds", Duration.between(label.written(), Instant.now()).toSeconds())
        .put("contentBytes", found.copy().bytes())
        .put("chosen", found.chosen())
        .put("present", found.same());
  }
}
