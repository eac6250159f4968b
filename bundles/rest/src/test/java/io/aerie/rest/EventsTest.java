package io.aerie.rest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Subscription;
import io.aerie.config.users.UserDirectory;
import io.aerie.config.users.UserDirectory.Role;
import io.aerie.event.Event;
import io.aerie.event.EventConsumer;
import io.aerie.event.EventSelection;
import io.aerie.event.EventSource;
import io.aerie.event.EventSubscription;
import io.aerie.event.Events;
import io.aerie.events.EventsComponent;
import io.aerie.rest.RestFixture.Answer;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.net.http.HttpResponse;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Events over real HTTP and TLS, through the real hub, from a source led by hand: streams, cut
 * connections, clients that don't read, callers that may no longer.
 */
@Timeout(120)
class EventsTest {
  private final RestFixture rest = new RestFixture();
  private final EventsComponent hub = new EventsComponent();
  private final HandSource source = new HandSource();
  private final AtomicInteger open = new AtomicInteger();

  /** The stream that subscribed last. */
  private volatile WeakReference<EventConsumer> lastStream = new WeakReference<>(null);

  /** RCD as a test wants it. */
  private static final class HandSource implements EventSource {
    private Sink sink;
    private long revision = 10;

    @Override
    public String name() {
      return "rcd";
    }

    @Override
    public String era() {
      return "c1";
    }

    @Override
    public Set<String> kinds() {
      return Set.of("volumes", "users");
    }

    @Override
    public Subscription follow(Sink newSink) {
      sink = newSink;
      sink.begin(revision);
      return () -> {};
    }

    void changed(String kind, String id, Object now) {
      revision++;
      sink.applied(
          revision,
          List.of(Event.between(kind, id, "N" + id, Map.of(), Map.of("x", now)).orElseThrow()));
    }
  }

  /** The hub, with an eye on what is open. */
  private EventSubscription subscribe(EventSelection selection, EventConsumer consumer) {
    EventSubscription subscription = hub.subscribe(selection, consumer);
    lastStream = new WeakReference<>(consumer);
    open.incrementAndGet();
    return new EventSubscription() {
      @Override
      public String position() {
        return subscription.position();
      }

      @Override
      public void close() {
        subscription.close();
        open.decrementAndGet();
      }
    };
  }

  @BeforeEach
  void start() {
    hub.addSource(source);
    rest.subsystems.with(Events.class, this::subscribe);
  }

  @AfterEach
  void stop() {
    hub.deactivate();
  }

  /** A stream and what was read of it. */
  private static final class Reading implements AutoCloseable {
    private final HttpResponse<Stream<String>> response;
    private final Iterator<String> lines;
    private String lastId;

    Reading(HttpResponse<Stream<String>> response) {
      this.response = response;
      this.lines = response.body().iterator();
    }

    /** The next block's data, {@code event} beside it; a heartbeat's is null. */
    JsonNode block() throws Exception {
      String data = null;
      for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
        if (line.startsWith("id: ")) {
          lastId = line.substring(4);
        } else if (line.startsWith("data: ")) {
          data = line.substring(6);
        }
      }
      return data == null ? null : RestFixture.JSON.readTree(data);
    }

    /** The next that is no heartbeat. */
    JsonNode event() throws Exception {
      JsonNode event = block();
      while (event == null) {
        event = block();
      }
      return event;
    }

    /** Whether the server ended it, found by reading to the end. */
    boolean ends() {
      while (lines.hasNext()) {
        lines.next();
      }
      return true;
    }

    @Override
    public void close() {
      response.body().close();
    }
  }

  private Reading read(String user, String query, String... headers) throws Exception {
    var request = rest.request("events" + query);
    request.header("Authorization", RestFixture.basic(user, "secret-" + user));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    Reading reading = new Reading(rest.lines(request));
    assertThat(reading.response.statusCode()).isEqualTo(200);
    return reading;
  }

  @Test
  void shouldStreamWhatIsAskedForAndMayBeSeen() throws Exception {
    try (Reading all = read("administrator", "");
        Reading observer = read("observer", "");
        Reading one = read("operator", "?subject=volumes/a&subject=volumes/Nc")) {
      assertThat(all.response.headers().firstValue("Content-Type"))
          .contains("text/event-stream;charset=UTF-8");
      assertThat(all.response.headers().firstValue("Cache-Control")).contains("no-store");
      assertThat(all.event().path("event").asText()).isEqualTo("begun");
      assertThat(observer.event().path("event").asText()).isEqualTo("begun");
      assertThat(one.event().path("event").asText()).isEqualTo("begun");
      source.changed("volumes", "a", "1");
      source.changed("users", "u", "1");
      source.changed("volumes", "b", "line\nbreak");
      source.changed("volumes", "c", "2");
      JsonNode event = all.event();
      assertThat(event.path("event").asText()).isEqualTo("changed");
      assertThat(event.path("kind").asText()).isEqualTo("volumes");
      assertThat(event.path("id").asText()).isEqualTo("a");
      assertThat(event.path("name").asText()).isEqualTo("Na");
      assertThat(event.path("revision").asLong()).isEqualTo(11);
      assertThat(event.at("/fields/x").asText()).isEqualTo("1");
      assertThat(all.lastId).isEqualTo("rcd.11~c1");
      assertThat(all.event().path("id").asText()).isEqualTo("u");
      assertThat(all.event().at("/fields/x").asText()).isEqualTo("line\nbreak");
      for (String id : new String[] {"a", "b", "c"}) {
        assertThat(observer.event().path("id").asText()).isEqualTo(id);
      }
      assertThat(one.event().path("id").asText()).isEqualTo("a");
      assertThat(one.event().path("id").asText()).isEqualTo("c");
    }
  }

  @Test
  void shouldGoOnAfterACutConnection() throws Exception {
    Reading first = read("observer", "?subject=volumes");
    first.event();
    source.changed("volumes", "a", 1);
    source.changed("volumes", "b", 2);
    assertThat(first.event().path("id").asText()).isEqualTo("a");
    String last = first.lastId;
    first.close();
    source.changed("volumes", "c", 3);
    // the header counts, not what the address began with
    try (Reading second =
        read("observer", "?subject=volumes&since=rcd.10~c1", "Last-Event-ID", last)) {
      assertThat(second.event().path("position").asText()).isEqualTo(last);
      assertThat(second.event().path("id").asText()).isEqualTo("b");
      assertThat(second.event().path("id").asText()).isEqualTo("c");
      source.changed("volumes", "d", 4);
      assertThat(second.event().path("id").asText()).isEqualTo("d");
    }
    try (Reading byRevision = read("observer", "?subject=volumes/c&since=12")) {
      byRevision.event();
      assertThat(byRevision.event().path("revision").asLong()).isEqualTo(13);
    }
    try (Reading lost = read("observer", "?subject=volumes&since=rcd.9")) {
      lost.event();
      JsonNode told = lost.event();
      assertThat(told.path("event").asText()).isEqualTo("resynchronise");
      assertThat(told.path("why").asText()).isEqualTo("history");
      assertThat(told.at("/kinds/0").asText()).isEqualTo("volumes");
    }
  }

  @Test
  void shouldNoticeThatAClientIsGone() throws Exception {
    Reading gone = read("observer", "?subject=volumes/none");
    gone.event();
    assertThat(open).hasValue(1);
    gone.close();
    while (open.get() > 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void shouldHoldNothingOfAStreamThatIsGone() throws Exception {
    Reading gone = read("observer", "?subject=volumes/none");
    gone.event();
    assertThat(lastStream.get()).isNotNull();
    gone.close();
    while (lastStream.get() != null) {
      System.gc();
    }
  }

  @Test
  void shouldMoveAQuietClientsIdOnByHeartbeats() throws Exception {
    try (Reading quiet = read("observer", "?subject=volumes/none")) {
      quiet.event();
      source.changed("volumes", "a", 1);
      while (!quiet.lastId.equals("rcd.11~c1")) {
        assertThat(quiet.block()).isNull();
      }
    }
  }

  @Test
  void shouldEndForOneWhoMayNoLonger() throws Exception {
    try (Reading operator = read("operator", "?subject=volumes");
        Reading observer = read("observer", "?subject=volumes")) {
      operator.event();
      observer.event();
      rest.users.setRole("operator", Role.OBSERVER).join();
      assertThat(operator.ends()).isTrue();
      source.changed("volumes", "a", 1);
      assertThat(observer.event().path("id").asText()).isEqualTo("a");
    }
  }

  /** Time limits of all connections have the one thread of the scheduler. */
  @Test
  void shouldLookAfterItsCallerBesideTheSchedulerAndEndWhenItCannot() throws Exception {
    AtomicReference<String> thread = new AtomicReference<>();
    UserDirectory broken =
        (UserDirectory)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {UserDirectory.class},
                (proxy, method, arguments) -> {
                  thread.set(Thread.currentThread().getName());
                  throw new IllegalStateException("a document that can't be read");
                });
    try (Reading reading = read("operator", "?subject=volumes")) {
      reading.event();
      rest.subsystems.with(UserDirectory.class, broken);
      while (open.get() > 0) {
        Thread.onSpinWait();
      }
      assertThat(thread.get()).doesNotContain("Scheduler");
    }
  }

  @Test
  void shouldEndWhenTheEventsGoAway() throws Exception {
    try (Reading reading = read("observer", "")) {
      reading.event();
      hub.deactivate();
      assertThat(reading.ends()).isTrue();
      assertRefused("observer", "", 503, "unavailable");
    }
  }

  @Test
  void shouldTellAClientThatDoesNotReadAndServeTheOthers() throws Exception {
    String large = "x".repeat(20_000);
    try (Reading slow = read("observer", "?subject=volumes");
        Reading quick = read("observer", "?subject=volumes")) {
      slow.event();
      quick.event();
      for (int i = 0; i < 2_000; i++) {
        source.changed("volumes", "v" + i, large);
        assertThat(quick.event().path("id").asText()).isEqualTo("v" + i);
      }
      JsonNode told = slow.event();
      for (int i = 0; !told.path("event").asText().equals("resynchronise"); i++) {
        assertThat(told.path("id").asText()).isEqualTo("v" + i);
        told = slow.event();
      }
      assertThat(told.path("why").asText()).isEqualTo("slow");
      JsonNode next = slow.event();
      while (!next.path("id").asText().equals("v1999")) {
        next = slow.event();
      }
    }
  }

  @Test
  void shouldRefuseWithProblems() throws Exception {
    assertRefused("operator", "?subject=users", 403, "forbidden");
    assertRefused("operator", "?subject=volume", 400, "invalid-value");
    assertRefused("operator", "?subject=volumes/", 400, "invalid-value");
    assertRefused("operator", "?subject=volumes&since=yesterday", 400, "invalid-value");
    assertRefused("operator", "?subjects=volumes", 400, "unknown-field");
    assertThat(rest.call(null, "GET", "events", null).status()).isEqualTo(401);
    assertThat(open).hasValue(0);
    Answer head = rest.call("operator", "HEAD", "events", null);
    assertThat(head.status()).isEqualTo(200);
    assertThat(open).hasValue(0);
    rest.subsystems.with(
        Events.class,
        (selection, consumer) -> {
          throw new AerieException(ErrorCode.LIMIT_REACHED, "full");
        });
    assertRefused("operator", "", 429, "limit-reached");
    rest.subsystems.remove(Events.class);
    assertRefused("operator", "", 503, "unavailable");
  }

  private void assertRefused(String user, String query, int status, String code) throws Exception {
    Answer answer = rest.call(user, "GET", "events" + query, null);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.code()).isEqualTo(code);
  }

  @Test
  void shouldLimitTokensToTheirKinds() throws Exception {
    String secret =
        rest.post("tokens", "{\"name\":\"t\",\"kinds\":[\"volumes\"]}")
            .json()
            .path("token")
            .asText();
    var request = rest.request("events").header("Authorization", "Bearer " + secret);
    try (Reading limited = new Reading(rest.lines(request))) {
      limited.event();
      source.changed("users", "u", 1);
      source.changed("volumes", "a", 1);
      assertThat(limited.event().path("id").asText()).isEqualTo("a");
      rest.call("administrator", "DELETE", "tokens/administrator-t", null);
      assertThat(limited.ends()).isTrue();
    }
  }
}
