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
    ObjectNode view = Views.of(outcome);
    if (json) {
      out.println(Views.pretty(view));
      return;
    }
    out.println(
        (outcome.dryRun() ? "would be " : "")
            + done
            + ": "
            + view.path("name").asText()
            + " ("
            + view.path("id").asText()
            + ")");
    outcome.explanation().forEach(out::println);
  }
}
