package io.aerie.rest.stream;

import io.aerie.event.EventConsumer;
import io.aerie.event.EventNotice;
import io.aerie.event.EventSelection;
import io.aerie.event.EventSubscription;
import io.aerie.event.Events;
import io.aerie.face.access.StandingCaller;
import io.aerie.face.events.EventViews;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One answer of server-sent events (WHATWG HTML, section 9.2). One write at a time is under way;
 * the next notices are taken when it is over, so what a slow client doesn't read waits in the hub's
 * bounded queue.
 *
 * <pre>
 *   SUBSCRIBED --Jersey is done--> STARTED --caller no longer stands, server stops--> last chunk, ended
 *        '--Jersey failed--> ended    '--a write fails (the client is gone, or stands still)--> ended
 * </pre>
 */
public final class EventStream implements EventConsumer {
  /** The attribute of a request whose answer goes on with a stream. */
  static final String ATTRIBUTE = EventStream.class.getName();

  /** Under half of the time after which proxies and this server give silent connections up. */
  public static final Duration HEARTBEAT = Duration.ofSeconds(15);

  /** How long a browser waits before it connects again: a node's restart takes longer anyway. */
  private static final int RETRY_MS = 2_000;

  private static final Logger logger = LoggerFactory.getLogger(EventStream.class);

  private final StandingCaller caller;
  private final Duration heartbeat;
  private final CompletableFuture<Void> started = new CompletableFuture<>();

  /** The last write, complete when all before it are. */
  private CompletableFuture<Void> tail = started;

  private EventSubscription subscription;
  private Response response;
  private Callback callback;
  private Scheduler scheduler;
  private Executor pool;
  private Scheduler.Task nextBeat = () -> false;
  private Runnable whenEnded = () -> {};
  private boolean ended;

  private EventStream(StandingCaller caller, Duration heartbeat) {
    this.caller = caller;
    this.heartbeat = heartbeat;
  }

  /** Subscribes, and lets the answer to a request go on with it. Refuses as the hub does. */
  public static void open(
      Request request,
      Events events,
      EventSelection selection,
      StandingCaller caller,
      Duration heartbeat) {
    EventStream stream = new EventStream(caller, heartbeat);
    EventSubscription subscription = events.subscribe(selection, stream);
    synchronized (stream) {
      stream.subscription = subscription;
    }
    request.setAttribute(ATTRIBUTE, stream);
  }

  /**
   * The headers are set; nothing is written yet.
   *
   * @param newWhenEnded done once, also when it has ended already
   */
  void start(Request request, Response newResponse, Callback newCallback, Runnable newWhenEnded) {
    boolean over;
    synchronized (this) {
      over = ended;
      whenEnded = newWhenEnded;
      response = newResponse;
      callback = newCallback;
      scheduler = request.getComponents().getScheduler();
      pool = request.getComponents().getExecutor();
      nextBeat = schedule();
    }
    if (over) {
      newWhenEnded.run();
    }
    request.addFailureListener(this::fail);
    started.complete(null);
  }

  private Scheduler.Task schedule() {
    return scheduler.schedule(this::beatInPool, heartbeat.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The scheduler has one thread for the time limits of all connections. */
  private void beatInPool() {
    try {
      pool.execute(this::beat);
    } catch (RejectedExecutionException e) {
      fail(e);
    }
  }

  @Override
  public CompletionStage<Void> deliver(List<EventNotice> notices) {
    StringBuilder text = new StringBuilder(256 * notices.size());
    notices.forEach(notice -> append(notice, text));
    return write(text.toString());
  }

  private static void append(EventNotice notice, StringBuilder text) {
    if (notice instanceof EventNotice.Begun) {
      text.append("retry: ").append(RETRY_MS).append('\n');
    }
    text.append("event: ").append(EventViews.word(notice));
    text.append("\nid: ").append(notice.position());
    text.append("\ndata: ").append(EventViews.of(notice)).append("\n\n");
  }

  private synchronized CompletableFuture<Void> write(String text) {
    if (ended) {
      return CompletableFuture.failedFuture(new IllegalStateException("the stream has ended"));
    }
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    CompletableFuture<Void> written = tail.thenCompose(before -> writeNow(bytes));
    tail = written;
    return written.whenComplete(
        (done, failure) -> {
          if (failure != null) {
            fail(failure);
          }
        });
  }

  private CompletableFuture<Void> writeNow(ByteBuffer bytes) {
    CompletableFuture<Void> written = new CompletableFuture<>();
    response.write(
        false, bytes, Callback.from(() -> written.complete(null), written::completeExceptionally));
    return written;
  }

  /**
   * A comment shows a client that is there that the server is, too, and finds out whether it is. An
   * id without data is no event, and moves the client's last event id on: a client of a quiet
   * object doesn't fall out of history.
   */
  private void beat() {
    try {
      if (!caller.holds()) {
        logger.debug("A stream of events ends, since its caller may no longer");
        finish();
        return;
      }
    } catch (RuntimeException e) {
      // there would be no next beat: nobody would ask for the caller any more
      fail(e);
      return;
    }
    String position = subscription.position();
    synchronized (this) {
      if (ended) {
        return;
      }
      if (tail.isDone()) {
        CompletableFuture<Void> unused = write(": heartbeat\nid: " + position + "\n\n");
      }
      if (!ended) {
        nextBeat = schedule();
      }
    }
  }

  /** The client connects again, and finds the events when they are back. */
  @Override
  public void ended() {
    finish();
  }

  /** Ends it in order: the client sees a complete answer, and connects again if it likes. */
  void finish() {
    CompletableFuture<Void> last;
    synchronized (this) {
      last = tail;
    }
    if (end()) {
      CompletableFuture<Void> unused =
          last.whenComplete(
              (done, failure) -> response.write(true, ByteBuffer.allocate(0), callback));
    }
  }

  /** Ends it with the connection. */
  void fail(Throwable failure) {
    if (end()) {
      logger.debug("A stream of events ends", failure);
      Callback answer;
      synchronized (this) {
        answer = callback;
      }
      // before the start the answer is still Jersey's
      if (answer != null) {
        answer.failed(failure);
      }
    }
  }

  /** Answers whether this call ended it. */
  private boolean end() {
    EventSubscription ending;
    Runnable last;
    synchronized (this) {
      if (ended) {
        return false;
      }
      ended = true;
      nextBeat.cancel();
      ending = subscription;
      last = whenEnded;
    }
    last.run();
    if (ending != null) {
      ending.close();
    }
    return true;
  }
}
