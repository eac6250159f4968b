package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Subscription;
import io.aerie.config.ConfigStore;
import io.aerie.config.ConfigStore.ConfigEvent;
import io.aerie.face.SecretPaths;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.shell.completion.ConfigPathCompleter;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code aerie-config:watch}. */
@Service
@Requires(Permission.CONFIG_READ)
@Command(
    scope = "aerie-config",
    name = "watch",
    description = "Prints each change, until it is interrupted")
public final class ConfigWatchCommand extends AerieCommand {
  /** A terminal that stands still for more changes than these is told so. */
  private static final int WAITING_MAX = 1_000;

  /** How soon it notices that nobody reads any more. */
  private static final long LOOK_MS = 1_000;

  @Argument(name = "PREFIX", description = "At or below this path")
  @Completion(ConfigPathCompleter.class)
  String prefix = "";

  @Option(name = "--since", description = "Changes after this revision; from now on unless told")
  Long since;

  @Option(
      name = "--count",
      description = "End after so many changes, with the whole of a transaction")
  long count = Long.MAX_VALUE;

  @Option(name = "--json", description = "Print each as one line of JSON")
  boolean json;

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    ConfigStore store = subsystems.require(ConfigStore.class);
    boolean secrets = caller().may(Permission.CONFIG_SECRETS_READ);
    Waiting waiting = new Waiting();
    long from = since == null ? store.localRevision() : since;
    try (Subscription watch =
        store.watchRevisions(
            prefix,
            from,
            events ->
                waiting.offer(
                    events.stream()
                        .filter(event -> secrets || !SecretPaths.isSecret(path(event)))
                        .toList()))) {
      follow(waiting, out);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whole revisions that wait to be printed, in order. */
  private static final class Waiting {
    private final BlockingQueue<List<ConfigEvent>> revisions = new LinkedBlockingQueue<>();
    private final AtomicInteger changes = new AtomicInteger();
    private volatile boolean missed;

    /** Never waits: its thread serves other watches, too. Nothing is taken behind a gap. */
    void offer(List<ConfigEvent> events) {
      // a transaction that is larger than the bound comes alone
      int before = changes.getAndAdd(events.size());
      if (before > 0 && before + events.size() > WAITING_MAX) {
        missed = true;
      }
      if (!missed && !events.isEmpty()) {
        revisions.add(events);
      }
    }

    List<ConfigEvent> poll() throws InterruptedException {
      List<ConfigEvent> events = revisions.poll(LOOK_MS, TimeUnit.MILLISECONDS);
      if (events == null) {
        return List.of();
      }
      changes.addAndGet(-events.size());
      return events;
    }
  }

  /** Prints whole revisions only: whoever goes on from the last line's misses nothing. */
  private void follow(Waiting waiting, PrintStream out) throws InterruptedException {
    long printed = 0;
    // checkError flushes, and tells that the client is gone
    while (printed < count && !out.checkError()) {
      List<ConfigEvent> events = waiting.poll();
      events.forEach(event -> print(event, out));
      printed += events.size();
      if (events.isEmpty() && waiting.missed) {
        throw new AerieException(
            ErrorCode.LIMIT_REACHED,
            "Changes came faster than they were read",
            "At most " + WAITING_MAX + " wait.",
            "Watch again with --since and the revision that was printed last.");
      }
    }
  }

  private void print(ConfigEvent event, PrintStream out) {
    String action = "written";
    if (!(event instanceof ConfigEvent.Written)) {
      action = event instanceof ConfigEvent.Deleted ? "deleted" : "resynchronise";
    }
    if (json) {
      ObjectNode node = Views.mapper().createObjectNode().put("action", action);
      if (event instanceof ConfigEvent.Written written) {
        node.setAll(Views.of(written.document()));
      } else {
        node.put("id", path(event)).put("name", path(event)).put("revision", event.revision());
      }
      out.println(node);
    } else {
      out.println((event.revision() + " " + action + " " + path(event)).strip());
    }
  }

  private static String path(ConfigEvent event) {
    if (event instanceof ConfigEvent.Written written) {
      return written.document().path();
    }
    return event instanceof ConfigEvent.Deleted deleted ? deleted.path() : "";
  }
}
