package io.aerie.rest.http;

import io.aerie.base.ClientNetwork;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds what strangers can hold of the server: connections, all and per address, requests that are
 * served per address, and the time in which a client says what it wants and takes what it is told.
 * Jetty's own idle time begins anew with each byte, so that a byte now and then would hold a
 * connection, and with a body or an answer a thread, for good.
 *
 * <pre>
 *          headers are complete       has its turn      last of the body came
 *  WAITING ------------------> QUEUED ------------> BODY --------------------> SERVING
 *     ^ (handshake, headers,                     (skipped without a body)        | first write
 *     |  silence between two)                                                    v
 *     +------------------------------ answered ----------------- ANSWERING or STREAMING
 * </pre>
 *
 * WAITING, BODY and ANSWERING end, by closing the connection. QUEUED and SERVING last as long as
 * others need, STREAMING (of events, without a thread) as long as the client likes. One connection
 * too many is closed before its handshake: there is no HTTP yet to tell why.
 */
public final class ConnectionGuard extends Handler.Wrapper {
  private static final Logger log = LoggerFactory.getLogger(ConnectionGuard.class);
  private static final long SCAN_MS = 500;
  private static final long LOG_PAUSE_NS = TimeUnit.SECONDS.toNanos(60);

  /**
   * What is let through.
   *
   * @param connectionsMax at a time
   * @param connectionsPerAddressMax of them from one address
   * @param waitMs from the connection, or the last answer, to the end of a request's headers
   * @param bodyMs for a request's body
   * @param refusedBodyMs for the rest of a body that is not wanted any more
   * @param requestsPerAddressMax served at a time
   * @param answerMs for an answer, beyond what its bytes need
   * @param answerBytesPerSecond that a client takes at least
   */
  public record Limits(
      int connectionsMax,
      int connectionsPerAddressMax,
      long waitMs,
      long bodyMs,
      long refusedBodyMs,
      int requestsPerAddressMax,
      long answerMs,
      long answerBytesPerSecond) {
    /** A connection at rest costs some tens of KiB; bodies have at most 1 MiB. */
    public static final Limits DEFAULT =
        new Limits(4_096, 1_024, 30_000, 20_000, 2_000, 64, 30_000, 16 << 10);

    /** The same with other numbers of connections. */
    public Limits withConnections(int all, int perAddress) {
      return new Limits(
          all,
          perAddress,
          waitMs,
          bodyMs,
          refusedBodyMs,
          requestsPerAddressMax,
          answerMs,
          answerBytesPerSecond);
    }

    /** The same with another number of requests. */
    public Limits withRequests(int perAddress) {
      return new Limits(
          connectionsMax,
          connectionsPerAddressMax,
          waitMs,
          bodyMs,
          refusedBodyMs,
          perAddress,
          answerMs,
          answerBytesPerSecond);
    }
  }

  private enum State {
    WAITING,
    QUEUED,
    BODY,
    SERVING,
    ANSWERING,
    STREAMING
  }

  private final Limits limits;
  private final Map<EndPoint, Held> connections = new ConcurrentHashMap<>();
  private final Map<String, Integer> perAddress = new HashMap<>();
  private final Turns turns;
  private volatile Scheduler scheduler;
  private volatile boolean stopped;
  private long loggedNs = System.nanoTime() - LOG_PAUSE_NS;

  /**
   * @param limits what is let through
   * @param handler that answers
   */
  public ConnectionGuard(Limits limits, Handler handler) {
    super(handler);
    this.limits = limits;
    this.turns = new Turns(limits.requestsPerAddressMax());
  }

  /** Begins to look at the connections' times, until the server stops. */
  public void watch(Scheduler with) {
    scheduler = with;
    scheduleScan();
  }

  /** No more looks. */
  public void unwatch() {
    stopped = true;
  }

  private void scheduleScan() {
    if (!stopped) {
      scheduler.schedule(this::scan, SCAN_MS, TimeUnit.MILLISECONDS);
    }
  }

  private void scan() {
    long now = System.nanoTime();
    connections.forEach(
        (endPoint, held) -> {
          if (held.isLate(now)) {
            log.debug("A connection from {} is closed: it is too slow", held.address);
            endPoint.close();
          }
        });
    scheduleScan();
  }

  /** To be told of connections; an object of its own, since a connector starts what it is given. */
  public Connection.Listener listener() {
    return new Connection.Listener() {
      @Override
      public void onOpened(Connection connection) {
        opened(connection);
      }

      @Override
      public void onClosed(Connection connection) {
        closed(connection);
      }
    };
  }

  private void opened(Connection connection) {
    if (!(connection instanceof SslConnection)) {
      return;
    }
    EndPoint endPoint = connection.getEndPoint();
    Held held = new Held(ClientNetwork.of(endPoint.getRemoteSocketAddress()), limits);
    connections.put(endPoint, held);
    if (!isWithinLimits(held.address)) {
      endPoint.close();
    }
  }

  private synchronized boolean isWithinLimits(String address) {
    int ofAddress = perAddress.merge(address, 1, Integer::sum);
    boolean within =
        ofAddress <= limits.connectionsPerAddressMax()
            && connections.size() <= limits.connectionsMax();
    if (!within && System.nanoTime() - loggedNs > LOG_PAUSE_NS) {
      loggedNs = System.nanoTime();
      log.warn(
          "Connections are refused: there are {} of at most {}, {} of at most {} from {}",
          connections.size(),
          limits.connectionsMax(),
          ofAddress,
          limits.connectionsPerAddressMax(),
          address);
    }
    return within;
  }

  private void closed(Connection connection) {
    if (connection instanceof SslConnection) {
      Held held = connections.remove(connection.getEndPoint());
      if (held != null) {
        forget(held.address);
      }
    }
  }

  private synchronized void forget(String address) {
    perAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Held held = held(request);
    if (held == null) {
      return super.handle(request, response, callback);
    }
    Served served = new Served(request, held);
    Request.addCompletionListener(
        request,
        failure -> {
          held.become(State.WAITING);
          served.endTurn();
        });
    held.become(State.QUEUED);
    boolean now =
        turns.begin(held.address, () -> serveLater(served, new Answer(served, response), callback));
    return !now || serve(served, new Answer(served, response), callback);
  }

  private boolean serve(Served request, Response response, Callback callback) throws Exception {
    boolean hasBody =
        request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    request.held.become(hasBody ? State.BODY : State.SERVING);
    return super.handle(request, response, callback);
  }

  /** As the server does with what a handler says, which is not there any more. */
  private void serveLater(Served request, Response response, Callback callback) {
    try {
      request
          .getComponents()
          .getExecutor()
          .execute(
              () -> {
                try {
                  if (!serve(request, response, callback)) {
                    Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
                  }
                } catch (Exception e) {
                  Response.writeError(request, response, callback, e);
                }
              });
    } catch (RejectedExecutionException e) {
      // the server stops
      callback.failed(e);
    }
  }

  private Held held(Request request) {
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    while (endPoint instanceof EndPoint.Wrapper wrapper) {
      endPoint = wrapper.unwrap();
    }
    return connections.get(endPoint);
  }

  /** The request is refused: what still comes of its body is read for a short time only. */
  static void hurry(Request request) {
    Served served = Request.as(request, Served.class);
    if (served != null) {
      served.held.hurry();
    }
  }

  /** The answer goes on without a thread, as long as the client likes. */
  public static void last(Request request) {
    Served served = Request.as(request, Served.class);
    if (served != null) {
      served.held.become(State.STREAMING);
      served.endTurn();
    }
  }

  /** Notices the end of the body. */
  private final class Served extends Request.Wrapper {
    private final Held held;
    private final AtomicBoolean hadTurn = new AtomicBoolean();

    private Served(Request wrapped, Held held) {
      super(wrapped);
      this.held = held;
    }

    @Override
    public Content.Chunk read() {
      Content.Chunk chunk = super.read();
      if (chunk != null && chunk.isLast()) {
        held.bodyEnds();
      }
      return chunk;
    }

    private void endTurn() {
      if (!hadTurn.getAndSet(true)) {
        turns.end(held.address).ifPresent(Runnable::run);
      }
    }
  }

  /** Notices what is written. */
  private static final class Answer extends Response.Wrapper {
    private final Held held;

    private Answer(Served request, Response wrapped) {
      super(request, wrapped);
      this.held = request.held;
    }

    @Override
    public void write(boolean last, ByteBuffer bytes, Callback callback) {
      held.answers(bytes == null ? 0 : bytes.remaining());
      super.write(last, bytes, callback);
    }
  }

  private static final class Held {
    private final String address;
    private final Limits limits;
    private State state = State.WAITING;
    private long lateNs;

    private Held(String address, Limits limits) {
      this.address = address;
      this.limits = limits;
      become(State.WAITING);
    }

    private synchronized void become(State next) {
      state = next;
      lateIn(
          switch (next) {
            case WAITING -> limits.waitMs();
            case BODY -> limits.bodyMs();
            case ANSWERING -> limits.answerMs();
            case QUEUED, SERVING, STREAMING -> 0;
          });
    }

    private void lateIn(long ms) {
      lateNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
    }

    private synchronized void bodyEnds() {
      if (state == State.BODY) {
        become(State.SERVING);
      }
    }

    private synchronized void answers(long bytes) {
      if (state == State.STREAMING) {
        return;
      }
      if (state != State.ANSWERING) {
        become(State.ANSWERING);
      }
      lateNs += TimeUnit.SECONDS.toNanos(bytes) / limits.answerBytesPerSecond();
    }

    private synchronized void hurry() {
      if (state == State.BODY) {
        lateIn(limits.refusedBodyMs());
      }
    }

    private synchronized boolean isLate(long now) {
      boolean ends = state == State.WAITING || state == State.BODY || state == State.ANSWERING;
      return ends && now - lateNs > 0;
    }
  }
}
