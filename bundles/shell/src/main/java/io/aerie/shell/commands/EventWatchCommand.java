package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.event.EventConsumer;
import io.aerie.event.EventNotice;
import io.aerie.event.Events;
import io.aerie.face.Subsystems;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.events.EventAccess;
import io.aerie.face.events.EventViews;
import io.aerie.shell.completion.EventSubjectCompleter;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code event:watch}. */
@Service
@Requires(Permission.EVENTS_READ)
@Command(
    scope = "event",
    name = "watch",
    description = "Prints what happens in the cluster, until it is interrupted",
    detailedDescription =
        "Prints what happens to the objects that you name, or to all: where it stands, what"
            + " happened, to what, and the fields that are new. Whatever node a change is made on,"
            + " all nodes print the same. 'resynchronise' says that something was missed: read the"
            + " objects of the kinds behind it anew. --since goes on behind a position that was"
            + " printed, here or on another node; where all subjects are of one kind a revision"
            + " does, too.")
public final class EventWatchCommand extends AerieCommand {
  /** How soon it notices that nobody reads any more. */
  private static final long LOOK_MS = 1_000;

  @Argument(
      name = "SUBJECT",
      description = "KIND, KIND/ID or KIND/NAME; everything unless told",
      multiValued = true)
  @Completion(EventSubjectCompleter.class)
  List<String> subjects = List.of();

  @Option(
      name = "--since",
      description = "What happened after this position or revision; from now on unless told")
  String since;

  @Option(name = "--count", description = "End after so many events")
  long count = Long.MAX_VALUE;

  @Option(name = "--json", description = "Print each as one line of JSON")
  boolean json;

  /** What the hub handed over; it hands over the next when these are printed. */
  private record Batch(List<EventNotice> notices, CompletableFuture<Void> printed) {}

  /** Between the hub's threads and the command's. */
  private static final class Inbox implements EventConsumer {
    private final BlockingQueue<Batch> batches = new LinkedBlockingQueue<>();
    private volatile boolean over;

    @Override
    public CompletionStage<Void> deliver(List<EventNotice> notices) {
      Batch batch = new Batch(notices, new CompletableFuture<>());
      batches.add(batch);
      return batch.printed();
    }

    @Override
    public void ended() {
      over = true;
    }
  }

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    Events events = subsystems.require(Events.class);
    Inbox inbox = new Inbox();
    try (var watch = events.subscribe(EventAccess.selection(caller(), subjects, since), inbox)) {
      follow(inbox, out);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow(Inbox inbox, PrintStream out) throws InterruptedException {
    long left = count;
    // checkError flushes, and tells that the client is gone
    while (left > 0 && !out.checkError()) {
      Batch batch = inbox.batches.poll(LOOK_MS, TimeUnit.MILLISECONDS);
      if (batch == null && inbox.over) {
        throw new AerieException(
            ErrorCode.UNAVAILABLE,
            "This node's events have gone away",
            "They are being updated, or the node stops.",
            "Watch again with --since and the position that was printed last.");
      }
      if (batch == null) {
        continue;
      }
      for (EventNotice notice : batch.notices()) {
        if (left > 0) {
          print(notice, out);
          left -= notice instanceof EventNotice.Begun ? 0 : 1;
        }
      }
      batch.printed().complete(null);
    }
  }

  private void print(EventNotice notice, PrintStream out) {
    ObjectNode node = EventViews.of(notice);
    if (json) {
      out.println(node);
      return;
    }
    String what = notice.position() + " " + EventViews.word(notice);
    if (notice instanceof EventNotice.Happened happened) {
      String name = happened.event().name();
      String id = happened.event().id();
      what += " " + happened.event().kind() + "/" + id;
      what += name.equals(id) ? "" : " " + name;
      what += node.path("fields").isEmpty() ? "" : " " + node.path("fields");
    } else if (notice instanceof EventNotice.Resynchronise) {
      what += " " + node.path("kinds") + " " + node.path("why").asText();
    }
    out.println(what);
  }
}
