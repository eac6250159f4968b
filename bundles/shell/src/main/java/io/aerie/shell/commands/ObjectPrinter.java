package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.Views;
import io.aerie.storage.admin.StorageViews.Outcome;
import java.io.PrintStream;
import java.util.Map;

/** Prints single objects and what changes did. */
final class ObjectPrinter {
  private ObjectPrinter() {}

  /** One line per field, or JSON. */
  static void print(ObjectNode object, boolean json, PrintStream out) {
    if (json) {
      out.println(Views.pretty(object));
      return;
    }
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      out.printf("%-22s %s%n", field.getKey(), Table.cell(object, field.getKey()));
    }
  }

  /** What a change did or would do. */
  static void print(String done, Outcome<?> outcome, boolean json, PrintStream out) {
    print(done, Views.of(outcome), outcome.dryRun(), json, out);
    if (!json) {
      outcome.explanation().forEach(out::println);
    }
  }

  /** The same of a change that has no outcome of its own. */
  static void print(String done, ObjectNode view, boolean dryRun, boolean json, PrintStream out) {
    if (json) {
      out.println(Views.pretty(view.put("dryRun", dryRun)));
      return;
    }
    String id = view.path("id").asText();
    String name = view.path("name").asText();
    out.println(
        (dryRun ? "would be " : "")
            + done
            + ": "
            + (name.equals(id) ? id : name + " (" + id + ")"));
  }
}
