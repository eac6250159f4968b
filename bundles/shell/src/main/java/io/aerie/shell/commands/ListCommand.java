package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import java.io.PrintStream;
import java.util.Comparator;
import java.util.List;
import org.apache.karaf.shell.api.action.Option;

/** A command that prints a list. */
abstract class ListCommand extends AerieCommand {
  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  private final Table table;

  ListCommand(String... fields) {
    this.table = new Table(fields);
  }

  /** The objects, in any order. */
  abstract List<?> objects(Subsystems subsystems);

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    List<ObjectNode> views =
        objects(subsystems).stream()
            .map(Views::of)
            .sorted(Comparator.comparing(view -> view.path("name").asText()))
            .toList();
    if (json) {
      out.println(Views.pretty(views));
    } else {
      table.print(views, out);
    }
  }
}
