package io.aerie.rest.http;

import io.aerie.base.ClientNetwork;
import io.aerie.rest.http.HeldConnection.State;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
 * others need, STREAMING (of events, without a thread) as long as the client likes. BODY and
 * ANSWERING end sooner when others wait for the thread that they hold ({@link Turns}). One
 * connection too many of an address is closed before its handshake: there is no HTTP yet to tell
 * why. Beyond all, a silent one makes room for it.
 */
public final class ConnectionGuard extends Handler.Wrapper {
  private static final Logger log = LoggerFactory.getLogger(ConnectionGuard.class);
  private static final long SCAN_MS = 200;
  private static final long LOG_PAUSE_NS = TimeUnit.SECONDS.toNanos(60);

  /**
   * What is let through.
   *
   * @param connectionsMax at a time
   * @param connectionsPerAddressMax of them from one address
   * @param waitMs from the connection, or the last answer, to the end of a request's headers
   * @param bodyMs for a request's body
   * @param refusedBodyMs for the rest of a body that is not wanted any more
   * @param requestsMax served at a time
   * @param requestsPerAddressMax of them from one address
   * @param shortMs for a body or an answer of an address that has more than its share of them,
   *     while others wait
   * @param answerMs for an answer, beyond what its bytes need
   * @param answerBytesPerSecond that a client takes at least, and sends of a file
   */
  public record Limits(
      int connectionsMax,
      int connectionsPerAddressMax,
      long waitMs,
      long bodyMs,
      long refusedBodyMs,
      int requestsMax,
      int requestsPerAddressMax,
      long shortMs,
      long answerMs,
      long answerBytesPerSecond) {
    /**
     * A connection at rest costs some tens of KiB; bodies have at most 1 MiB. Requests wait for
     * other nodes and for disks, each with a thread. Those that wait together share what they wait
     * for, so few would cost throughput.
     */
    public static final Limits DEFAULT =
        new Limits(4_096, 1_024, 30_000, 20_000, 2_000, 80, 64, 2_000, 30_000, 16 << 10);

    /** The same with other numbers of connections. */
    public Limits withConnections(int all, int perAddress) {
      return new Limits(
          all,
          perAddress,
          waitMs,
          bodyMs,
          refusedBodyMs,
          requestsMax,
          requestsPerAddressMax,
          shortMs,
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
          requestsMax,
          perAddress,
          shortMs,
          answerMs,
          answerBytesPerSecond);
    }
  }

  private final Limits limits;
  private final Map<EndPoint, HeldConnection> connections = new ConcurrentHashMap<>();
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
    this.turns = new Turns(limits.requestsMax(), limits.requestsPerAddressMax());
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
    shareTurns(now);
    scheduleScan();
  }

  /** Those beyond their share who make us wait longest end, so that others have a turn. */
  private void shareTurns(long now) {
    Map<String, Integer> beyond = turns.beyondShare();
    if (beyond.isEmpty()) {
      return;
    }
    List<Slow> slow = new ArrayList<>();
    connections.forEach(
        (endPoint, held) ->
            held.slowForNs(now)
                .ifPresent(forNs -> slow.add(new Slow(endPoint, held.address, forNs))));
    slow.sort(Comparator.comparingLong(Slow::forNs).reversed());
    for (Slow each : slow) {
      if (beyond.merge(each.address(), -1, Integer::sum) >= 0) {
        log.debug("A connection from {} is closed: it is slow, and others wait", each.address());
        each.endPoint().close();
      }
    }
  }

  private record Slow(EndPoint endPoint, String address, long forNs) {}

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
    HeldConnection held =
        new HeldConnection(ClientNetwork.of(endPoint.getRemoteSocketAddress()), limits);
    connections.put(endPoint, held);
    tooMany(endPoint, held).ifPresent(EndPoint::close);
  }

  /** Who must go for a new connection to stay, if anybody: maybe the new one. */
  private synchronized Optional<EndPoint> tooMany(EndPoint opened, HeldConnection held) {
    int ofAddress = perAddress.merge(held.address, 1, Integer::sum);
    if (ofAddress > limits.connectionsPerAddressMax()) {
      logExcess(ofAddress, held.address);
      return Optional.of(opened);
    }
    if (connections.size() <= limits.connectionsMax()) {
      return Optional.empty();
    }
    // several who hoard together keep nobody out: of those with most, the one silent longest goes
    int most = Collections.max(perAddress.values());
    Optional<Map.Entry<EndPoint, HeldConnection>> longest =
        connections.entrySet().stream()
            .filter(entry -> perAddress.getOrDefault(entry.getValue().address, 0) == most)
            .filter(entry -> entry.getValue().isWaiting())
            .min(Comparator.comparingLong(entry -> entry.getValue().sinceNs() - held.sinceNs()));
    logExcess(most, longest.map(entry -> entry.getValue().address).orElse(held.address));
    longest.ifPresent(entry -> remove(entry.getKey()));
    return Optional.of(longest.map(Map.Entry::getKey).orElse(opened));
  }

  private void logExcess(int ofAddress, String address) {
    if (System.nanoTime() - loggedNs > LOG_PAUSE_NS) {
      loggedNs = System.nanoTime();
      log.warn(
          "Connections are closed: there are {} of at most {}, {} of at most {} from {}",
          connections.size(),
          limits.connectionsMax(),
          ofAddress,
          limits.connectionsPerAddressMax(),
          address);
    }
  }

  private void closed(Connection connection) {
    if (connection instanceof SslConnection) {
      remove(connection.getEndPoint());
    }
  }

  private synchronized void remove(EndPoint endPoint) {
    HeldConnection held = connections.remove(endPoint);
    if (held != null) {
      perAddress.computeIfPresent(held.address, (key, count) -> count == 1 ? null : count - 1);
      held.close();
    }
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    HeldConnection held = held(request);
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
    try {
      return super.handle(request, response, callback);
    } finally {
      // the server completes no request whose connection is closed while its body is read
      request.held.whenClosed(request::endTurn);
    }
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

  private HeldConnection held(Request request) {
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

  /** The body may be a file: it gets more time, the more of it comes. */
  static void expectFile(Request request) {
    Served served = Request.as(request, Served.class);
    if (served != null) {
      served.held.expectFile();
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
    private final HeldConnection held;
    private final AtomicBoolean hadTurn = new AtomicBoolean();

    private Served(Request wrapped, HeldConnection held) {
      super(wrapped);
      this.held = held;
    }

    @Override
    public Content.Chunk read() {
      Content.Chunk chunk = super.read();
      if (chunk != null) {
        held.bodyBrings(chunk.remaining());
        if (chunk.isLast()) {
          held.bodyEnds();
        }
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
    private final HeldConnection held;

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
}
