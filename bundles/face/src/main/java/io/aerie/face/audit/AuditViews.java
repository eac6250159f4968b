package io.aerie.face.audit;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.config.audit.AuditLog.Broken;
import io.aerie.config.audit.AuditLog.Entry;
import io.aerie.config.audit.AuditLog.Verification;
import io.aerie.face.Views;
import java.util.TreeMap;

/** The audit log as JSON. */
public final class AuditViews {
  private AuditViews() {}

  /** An entry; its id is its sequence on this node. */
  public static ObjectNode of(Entry entry) {
    String id = Long.toString(entry.sequence());
    ObjectNode node =
        Views.mapper()
            .createObjectNode()
            .put("id", id)
            .put("name", id)
            .put("revision", entry.sequence())
            .put("time", entry.time().toString())
            .put("user", entry.event().user())
            .put("source", entry.event().source())
            .put("action", entry.event().action());
    ObjectNode details = node.putObject("details");
    new TreeMap<>(entry.event().details()).forEach(details::put);
    node.put("outcome", entry.event().outcome());
    if (entry.event().begun().isPresent()) {
      node.put("begun", entry.event().begun().getAsLong());
    } else {
      node.putNull("begun");
    }
    return node.put("previousHash", entry.previousHash()).put("hash", entry.hash());
  }

  /** What a check found. */
  public static ObjectNode of(Verification verification) {
    ObjectNode node =
        Views.mapper()
            .createObjectNode()
            .put("good", verification.broken().isEmpty())
            .put("firstSequence", verification.firstSequence())
            .put("lastSequence", verification.lastSequence());
    if (verification.broken().isEmpty()) {
      return node.putNull("broken");
    }
    Broken broken = verification.broken().get();
    node.putObject("broken")
        .put("sequence", broken.sequence())
        .put("where", broken.where())
        .put("why", broken.why());
    return node;
  }
}
