package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.ByteSize;
import io.aerie.face.Await;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.SnapshotCompleter;
import io.aerie.shell.completion.VolumeCompleter;
import io.aerie.storage.admin.ExtentAdministration;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.StorageViews.ExtentsView;
import io.aerie.storage.block.Extent;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code volume:extents}. */
@Service
@Requires(Permission.VOLUMES_READ)
@Command(
    scope = "volume",
    name = "extents",
    description = "The parts of a snapshot that may have data, or that differ from another one")
public final class VolumeExtentsCommand extends AerieCommand {
  private static final Table TABLE = new Table("offset", "length", "zero");

  @Argument(name = "VOLUME", description = "Name or id", required = true)
  @Completion(VolumeCompleter.class)
  String volume;

  @Argument(index = 1, name = "SNAPSHOT", description = "Name or id", required = true)
  @Completion(SnapshotCompleter.class)
  String snapshot;

  @Option(name = "--since", description = "Compare with this snapshot of the same volume")
  @Completion(SnapshotCompleter.class)
  String since;

  @Option(name = "--json", description = "Print JSON, as REST has it")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    ExtentsView all = all(subsystems.require(StorageAdministration.class));
    ObjectNode view = Views.mapper().valueToTree(all);
    if (json) {
      out.println(view.toPrettyString());
      return;
    }
    TABLE.print(view.path("extents"), out);
    long bytes = all.extents().stream().mapToLong(Extent::length).sum();
    out.println(
        all.extents().size()
            + " extents, "
            + new ByteSize(bytes)
            + " of "
            + new ByteSize(all.sizeBytes())
            + all.since().map(name -> " differ from " + name).orElse(" may have data"));
  }

  /** Page after page, as one. */
  private ExtentsView all(StorageAdministration storage) {
    List<Extent> extents = new ArrayList<>();
    long offset = 0;
    while (true) {
      ExtentsView page =
          Await.result(
              storage.extents(
                  volume,
                  snapshot,
                  Optional.ofNullable(since),
                  offset,
                  ExtentAdministration.EXTENTS_MAX));
      extents.addAll(page.extents());
      if (page.next().isEmpty()) {
        return new ExtentsView(
            page.volume(), page.snapshot(), page.since(), page.sizeBytes(), extents, page.next());
      }
      offset = page.next().getAsLong();
    }
  }
}
