package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.face.Subsystems;
import io.aerie.face.TargetReservations;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.TargetOrVolumeCompleter;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code target:reservations}. */
@Service
@Requires(Permission.VOLUMES_READ)
@Command(
    scope = "target",
    name = "reservations",
    description = "Who has reserved volumes, or is registered with them")
public final class TargetReservationsCommand extends AerieCommand {
  @Argument(
      name = "TARGET|VOLUME",
      description = "Of one volume, or of a target's; all unless told")
  @Completion(TargetOrVolumeCompleter.class)
  String targetOrVolume;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    TargetReservations reservations = new TargetReservations(subsystems);
    List<ObjectNode> views =
        (targetOrVolume == null ? reservations.all() : reservations.of(targetOrVolume))
            .stream().map(Views::of).toList();
    if (json) {
      out.println(Views.pretty(views));
      return;
    }
    List<ObjectNode> lines = new ArrayList<>();
    for (ObjectNode view : views) {
      for (JsonNode registration : view.path("registrations")) {
        ObjectNode line = registration.deepCopy();
        line.set("volume", view.get("name"));
        line.set("type", view.get("type"));
        line.set("generation", view.get("generation"));
        lines.add(line);
      }
    }
    new Table(
            "volume",
            "type",
            "holder",
            "key",
            "initiator",
            "qualifier",
            "node",
            "open",
            "generation")
        .print(lines, out);
  }
}
