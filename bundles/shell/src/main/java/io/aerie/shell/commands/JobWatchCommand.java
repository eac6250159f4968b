package io.aerie.shell.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aerie.event.EventConsumer;
import io.aerie.event.EventNotice;
import io.aerie.event.Events;
import io.aerie.face.StorageObjects;
import io.aerie.face.Subsystems;
import io.aerie.face.Views;
import io.aerie.face.access.Permission;
import io.aerie.face.access.Requires;
import io.aerie.face.events.EventAccess;
import io.aerie.shell.completion.JobCompleter;
import io.aerie.storage.admin.StorageAdministration;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** {@code job:watch}. */
@Service
@Requires(Permission.JOBS_READ)
@Command(
    scope = "job",
    name = "watch",
    description = "Prints how far jobs are, until they have ended or it is interrupted")
public final class JobWatchCommand extends AerieCommand {
  @Argument(name = "JOB", description = "Its id; all jobs that go on unless told")
  @Completion(JobCompleter.class)
  String job;

  @Option(name = "--json", description = "Print each as one line of JSON")
  boolean json;

  /** How soon it notices that nobody reads any more, or that events have gone away. */
  long lookMs = 1_000;

  /** Looks again when something happened to any job. */
  private static final class Wake implements EventConsumer {
    private final Semaphore happened = new Semaphore(0);

    @Override
    public CompletionStage<Void> deliver(List<EventNotice> notices) {
      happened.release();
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void ended() {
      happened.release();
    }

    void await(long atMostMs) throws InterruptedException {
      if (happened.tryAcquire(atMostMs, TimeUnit.MILLISECONDS)) {
        happened.drainPermits();
      }
    }
  }

  @Override
  protected void run(Subsystems subsystems, PrintStream out) {
    StorageAdministration storage = subsystems.require(StorageAdministration.class);
    Events events = subsystems.require(Events.class);
    if (job != null) {
      StorageObjects.one(storage, "job", job, StorageAdministration::jobs);
    }
    Wake wake = new Wake();
    try (var watch =
        events.subscribe(EventAccess.selection(caller(), List.of("jobs"), null), wake)) {
      watch(storage, wake, out);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Also the last state of a job is printed: what became of it. */
  private void watch(StorageAdministration storage, Wake wake, PrintStream out)
      throws InterruptedException {
    Map<String, String> printed = new TreeMap<>();
    boolean running = true;
    // checkError flushes, and tells that the client is gone
    while (running && !out.checkError()) {
      running = false;
      for (var view : storage.jobs()) {
        boolean runs = view.state().equals("running");
        boolean meant =
            job == null ? runs || printed.containsKey(view.id()) : view.id().equals(job);
        if (meant) {
          print(Views.of(view), printed, out);
          running |= runs;
        }
      }
      if (running) {
        wake.await(lookMs);
      }
    }
  }

  private void print(ObjectNode view, Map<String, String> printed, PrintStream out) {
    String step = view.path("state") + " " + view.path("groupsDone") + " " + view.path("doneBytes");
    if (!step.equals(printed.put(view.path("id").asText(), step))) {
      out.println(json ? view.toString() : line(view));
    }
  }

  private static String line(ObjectNode view) {
    String line =
        String.join(
            " ",
            view.path("id").asText(),
            view.path("kind").asText(),
            view.path("subject").asText(),
            view.path("state").asText() + ":",
            view.path("groupsDone").asText() + " of " + view.path("groupsTotal").asText(),
            "groups,",
            Table.cell(view, "doneBytes"));
    if (view.path("secondsLeft").isNull()) {
      return line;
    }
    return line
        + ", "
        + Table.cell(view, "rateBytesPerSecond")
        + ", "
        + view.path("secondsLeft").asText()
        + " s left";
  }
}
