package io.aerie.events;

import static io.aerie.events.HandSource.changed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import io.aerie.base.Subscription;
import io.aerie.event.EventConsumer;
import io.aerie.event.EventNotice;
import io.aerie.event.EventSelection;
import io.aerie.event.EventSubject;
import io.aerie.event.EventSubscription;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Goal: a subscriber gets each event of its selection once, in order, from any hub, and is told
 * where it can't. Method: hubs over sources led by hand. A mark that all get ends each expectation,
 * so that what should not come is seen when it does.
 */
@Timeout(60)
class EventHubTest {
  private static final Limits SMALL = new Limits(3, 6, 100_000, 8, 100_000);

  private final EventHub hub = new EventHub(SMALL);
  private final HandSource storage = HandSource.storage();
  private final HandSource config = HandSource.config();
  private Subscription following;

  @BeforeEach
  void attach() {
    following = hub.attach(storage);
    hub.attach(config);
  }

  @AfterEach
  void close() {
    hub.close();
  }

  private static EventSelection on(String... subjects) {
    EventSubject[] parsed = new EventSubject[subjects.length];
    for (int i = 0; i < subjects.length; i++) {
      parsed[i] = EventSubject.parse(subjects[i]);
    }
    return EventSelection.of(parsed);
  }

  private Collector subscribe(EventSelection selection) throws InterruptedException {
    Collector collector = new Collector();
    hub.subscribe(selection, collector);
    collector.begun();
    return collector;
  }

  @Test
  void shouldReachThoseWhomItConcernsOnceAndInOrder() throws Exception {
    Collector all = subscribe(on());
    Collector several = subscribe(on("volumes/a", "volumes/Na", "pools", "config/x/y"));
    storage.tell(changed("volumes", "a"), changed("volumes", "b"), changed("pools", "p"));
    config.tell(changed("config", "x/y/z"), changed("config", "x/yy"), changed("config", "x/y"));
    for (String text : new String[] {"volumes/a@11", "volumes/b@11", "pools/p@11"}) {
      assertThat(all.nextEvent()).isEqualTo(text);
    }
    assertThat(several.nextEvent()).isEqualTo("volumes/a@11");
    assertThat(several.nextEvent()).isEqualTo("pools/p@11");
    assertThat(several.nextEvent()).isEqualTo("config/x/y/z@6");
    assertThat(several.nextEvent()).isEqualTo("config/x/y@6");
    assertThat(several.waiting()).isZero();
  }

  @Test
  void shouldHideWhatIsNotVisible() throws Exception {
    Collector some =
        subscribe(
            new EventSelection(Set.of(), Optional.empty(), event -> !event.kind().equals("pools")));
    storage.tell(changed("pools", "p"), changed("volumes", "a"));
    assertThat(some.nextEvent()).isEqualTo("volumes/a@11");
    Collector later =
        subscribe(
            new EventSelection(
                Set.of(), Optional.of("rcd.10-config.5"), event -> event.kind().equals("pools")));
    assertThat(later.nextEvent()).isEqualTo("pools/p@11");
  }

  @Test
  void shouldGoOnAtAnotherHubInTheMiddleOfARevision() throws Exception {
    HandSource sameStorage = HandSource.storage();
    HandSource sameConfig = HandSource.config();
    try (EventHub other = new EventHub(SMALL)) {
      other.attach(sameStorage);
      other.attach(sameConfig);
      Collector here = subscribe(on());
      storage.tell(changed("volumes", "a"), changed("volumes", "b"));
      EventNotice first = here.next();
      assertThat(first.position()).isEqualTo("config.5~c1-rcd.11.1~c1");
      // the other node's replica is behind: nothing is told twice, nothing left out
      Collector there = new Collector();
      other.subscribe(on().since(first.position()), there);
      assertThat(there.begun().position()).isEqualTo(first.position());
      sameStorage.tell(changed("volumes", "a"), changed("volumes", "b"));
      sameConfig.tell(changed("config", "x"));
      EventNotice second = there.next();
      assertThat(Collector.text((EventNotice.Happened) second)).isEqualTo("volumes/b@11");
      assertThat(second.position()).isEqualTo("config.5~c1-rcd.11~c1");
      assertThat(there.nextEvent()).isEqualTo("config/x@6");
      // and back again, from history
      config.tell(changed("config", "x"));
      Collector back = subscribe(on().since(second.position()));
      assertThat(back.nextEvent()).isEqualTo("config/x@6");
      assertThat(back.waiting()).isZero();
    }
  }

  @Test
  void shouldTellWhenHistoryDoesNotReachBack() throws Exception {
    for (int i = 0; i < 7; i++) {
      storage.tell(changed("volumes", "a"));
    }
    Collector justWithin = subscribe(on("volumes").since("11"));
    assertThat(justWithin.nextEvent()).isEqualTo("volumes/a@12");
    Collector beyond = subscribe(on("volumes").since("10"));
    EventNotice.Resynchronise told = beyond.resynchronise();
    assertThat(told.kinds()).containsExactly("volumes");
    assertThat(told.why()).isEqualTo("history");
    assertThat(told.position()).isEqualTo("rcd.17~c1");
    storage.tell(changed("volumes", "b"));
    assertThat(beyond.nextEvent()).isEqualTo("volumes/b@18");
    Collector otherCluster = subscribe(on("volumes").since("rcd.17~c2"));
    assertThat(otherCluster.resynchronise().why()).isEqualTo("history");
  }

  @Test
  void shouldBoundHistoryByItsSizeToo() throws Exception {
    try (EventHub tight = new EventHub(new Limits(3, 1_000, 400, 4, 100_000))) {
      HandSource source = HandSource.storage();
      tight.attach(source);
      for (int i = 0; i < 10; i++) {
        source.tell(changed("volumes", "a"));
      }
      Collector beyond = new Collector();
      tight.subscribe(on("volumes").since("15"), beyond);
      beyond.begun();
      assertThat(beyond.resynchronise().why()).isEqualTo("history");
    }
  }

  @Test
  void shouldTellASlowSubscriberAndHoldNoMoreThanItsQueue() throws Exception {
    Collector slow = new Collector();
    CompletableFuture<Void> unused = slow.stall();
    hub.subscribe(on("volumes"), slow);
    slow.begun();
    Collector quick = subscribe(on("volumes"));
    for (int i = 0; i < 20; i++) {
      storage.tell(changed("volumes", "a"), changed("volumes", "b"));
      assertThat(quick.nextEvent()).isEqualTo("volumes/a@" + (11 + i));
      assertThat(quick.nextEvent()).isEqualTo("volumes/b@" + (11 + i));
    }
    slow.flow();
    EventNotice.Resynchronise told = slow.resynchronise();
    assertThat(told.why()).isEqualTo("slow");
    assertThat(told.kinds()).containsExactly("volumes");
    long from = Long.parseLong(told.position().replaceAll("rcd\\.(\\d+)~c1", "$1"));
    assertThat(from).isBetween(26L, 30L);
    for (long revision = from + 1; revision <= 30; revision++) {
      assertThat(slow.nextEvent()).isEqualTo("volumes/a@" + revision);
      assertThat(slow.nextEvent()).isEqualTo("volumes/b@" + revision);
    }
    storage.tell(changed("volumes", "c"));
    assertThat(slow.nextEvent()).isEqualTo("volumes/c@31");
  }

  @Test
  void shouldHandHistoryOverInPieces() throws Exception {
    try (EventHub roomy = new EventHub(new Limits(3, 5_000, 1 << 24, 4, 100_000))) {
      HandSource source = HandSource.storage();
      roomy.attach(source);
      for (int i = 0; i < 2_000; i++) {
        source.tell(changed("volumes", i % 3 == 0 ? "b" : "a"), changed("volumes", "c"));
      }
      Collector collector = new Collector();
      roomy.subscribe(on("volumes/a", "volumes/b").since("10"), collector);
      Collector none = new Collector();
      roomy.subscribe(on("volumes/d").since("10"), none);
      collector.begun();
      for (int i = 0; i < 2_000; i++) {
        assertThat(collector.nextEvent())
            .isEqualTo("volumes/" + (i % 3 == 0 ? "b" : "a") + "@" + (11 + i));
      }
      none.begun();
      source.tell(changed("volumes", "a"), changed("volumes", "d"));
      assertThat(collector.nextEvent()).isEqualTo("volumes/a@2011");
      assertThat(none.nextEvent()).isEqualTo("volumes/d@2011");
      assertThat(collector.waiting() + none.waiting()).isZero();
    }
  }

  /** It isn't kept for one who doesn't take it, and what came since isn't told without it. */
  @Test
  void shouldTellWhenHistoryIsGoneBeforeItWasTaken() throws Exception {
    try (EventHub brief = new EventHub(new Limits(3, 1_000, 1 << 24, 5_000, 1 << 24))) {
      HandSource source = HandSource.storage();
      brief.attach(source);
      for (int i = 0; i < 1_000; i++) {
        source.tell(changed("volumes", "a"));
      }
      Collector slow = new Collector();
      CompletableFuture<Void> unused = slow.stall();
      brief.subscribe(on("volumes").since("10"), slow);
      slow.begun();
      for (int i = 0; i < 1_000; i++) {
        source.tell(changed("volumes", "a"));
      }
      slow.flow();
      EventNotice.Resynchronise told = slow.resynchronise();
      assertThat(told.why()).isEqualTo("slow");
      assertThat(told.position()).isEqualTo("rcd.2010~c1");
      source.tell(changed("volumes", "a"));
      assertThat(slow.nextEvent()).isEqualTo("volumes/a@2011");
      assertThat(slow.waiting()).isZero();
    }
  }

  @Test
  void shouldCountBytesOfAQueueToo() throws Exception {
    try (EventHub tight = new EventHub(new Limits(3, 1_000, 100_000, 1_000, 500))) {
      HandSource source = HandSource.storage();
      tight.attach(source);
      Collector slow = new Collector();
      CompletableFuture<Void> unused = slow.stall();
      tight.subscribe(on("volumes"), slow);
      slow.begun();
      for (int i = 0; i < 10; i++) {
        source.tell(changed("volumes", "a"));
      }
      slow.flow();
      assertThat(slow.resynchronise().why()).isEqualTo("slow");
    }
  }

  @Test
  void shouldRefuseMoreThanItTakesUntilOneEnds() throws Exception {
    EventSubscription first = hub.subscribe(on(), new Collector());
    hub.subscribe(on(), new Collector());
    hub.subscribe(on(), new Collector());
    assertRefused(on(), ErrorCode.LIMIT_REACHED);
    first.close();
    first.close();
    assertThat(hub.subscriptionCount()).isEqualTo(2);
    subscribe(on());
  }

  private void assertRefused(EventSelection selection, ErrorCode code) {
    assertThatThrownBy(() -> hub.subscribe(selection, new Collector()))
        .isInstanceOfSatisfying(
            AerieException.class, refusal -> assertThat(refusal.code()).isEqualTo(code));
  }

  @Test
  void shouldRefusePositionsThatAreNone() {
    for (String since :
        new String[] {"x", "-1", "rcd", "rcd.", "rcd.1.2.3", "rcd.1-rcd.2", "rcd.1~", "RCD.1"}) {
      assertRefused(on("volumes").since(since), ErrorCode.INVALID_VALUE);
    }
    assertRefused(on().since("11"), ErrorCode.INVALID_VALUE);
    assertRefused(on("volumes", "config").since("11"), ErrorCode.INVALID_VALUE);
    assertRefused(on("users").since("11"), ErrorCode.UNAVAILABLE);
    assertThat(hub.subscriptionCount()).isZero();
  }

  @Test
  void shouldNotNoticeThatASourceWasExchanged() throws Exception {
    Collector volumes = subscribe(on("volumes"));
    storage.tell(changed("volumes", "a"));
    assertThat(volumes.nextEvent()).isEqualTo("volumes/a@11");
    following.close();
    storage.tell(changed("volumes", "unheard"));
    // the new one reads its log again from an older snapshot on
    HandSource successor = HandSource.storage();
    hub.attach(successor);
    successor.tell(changed("volumes", "a"));
    successor.tell(changed("volumes", "b"));
    assertThat(volumes.nextEvent()).isEqualTo("volumes/b@12");
  }

  @Test
  void shouldTellOfAGapInASource() throws Exception {
    Collector all = subscribe(on());
    Collector documents = subscribe(on("config"));
    storage.begin(20);
    EventNotice.Resynchronise told = all.resynchronise();
    assertThat(told.kinds()).containsExactlyInAnyOrder("volumes", "pools");
    assertThat(told.why()).isEqualTo("source");
    assertThat(told.position()).isEqualTo("config.5~c1-rcd.20~c1");
    storage.tell(changed("volumes", "a"));
    assertThat(all.nextEvent()).isEqualTo("volumes/a@21");
    config.tell(changed("config", "x"));
    assertThat(documents.nextEvent()).isEqualTo("config/x@6");
  }

  @Test
  void shouldTellWhenASourceBeginsAnotherEra() throws Exception {
    Collector follows = subscribe(on("volumes"));
    storage.tell(changed("volumes", "a"));
    assertThat(follows.nextEvent()).isEqualTo("volumes/a@11");
    storage.begin("c1b", 2);
    EventNotice.Resynchronise told = follows.resynchronise();
    assertThat(told.why()).isEqualTo("source");
    assertThat(told.position()).isEqualTo("rcd.2~c1b");
    storage.tell(changed("volumes", "b"));
    assertThat(follows.nextEvent()).isEqualTo("volumes/b@3");
    // ahead of it by the number, but of the former
    Collector resumes = subscribe(on("volumes").since("rcd.11~c1"));
    assertThat(resumes.resynchronise().why()).isEqualTo("history");
    storage.tell(changed("volumes", "c"));
    assertThat(resumes.nextEvent()).isEqualTo("volumes/c@4");
  }

  @Test
  void shouldGoOnWhenASourceComesLater() throws Exception {
    Collector known = subscribe(on("nodes").since("nodes.3~e"));
    Collector unknown = subscribe(on("nodes"));
    HandSource late = new HandSource("nodes", "e", 2, "nodes");
    hub.attach(late);
    assertThat(unknown.resynchronise().kinds()).containsExactly("nodes");
    late.tell(changed("nodes", "a"));
    late.tell(changed("nodes", "b"));
    assertThat(known.nextEvent()).isEqualTo("nodes/b@4");
    assertThat(unknown.nextEvent()).isEqualTo("nodes/a@3");
  }

  @Test
  void shouldKeepThePositionOfQuietSubscribersUpToDate() throws Exception {
    Collector quiet = new Collector();
    EventSubscription subscription = hub.subscribe(on("volumes/a"), quiet);
    quiet.begun();
    for (int i = 0; i < 20; i++) {
      storage.tell(changed("volumes", "b"));
    }
    // the stage of the first delivery completes on another thread
    while (!subscription.position().equals("rcd.30~c1")) {
      Thread.onSpinWait();
    }
    storage.tell(changed("volumes", "a"));
    Collector resumed = subscribe(on("volumes/a").since("rcd.30~c1"));
    assertThat(resumed.nextEvent()).isEqualTo("volumes/a@31");
  }

  @Test
  void shouldTellSubscribersThatItGoesAway() throws Exception {
    Collector left = subscribe(on());
    Collector gone = new Collector();
    hub.subscribe(on("volumes"), gone).close();
    hub.close();
    assertThat(left.hasEnded()).isTrue();
    assertThat(gone.hasEnded()).isFalse();
    assertRefused(on(), ErrorCode.UNAVAILABLE);
  }

  @Test
  void shouldEndWithAConsumerThatFails() throws Exception {
    Collector sound = subscribe(on());
    List<EventConsumer> failing =
        List.of(
            notices -> CompletableFuture.failedFuture(new IllegalStateException("x")),
            notices -> {
              throw new IllegalStateException("y");
            },
            notices -> {
              throw new NoClassDefFoundError("z");
            });
    for (EventConsumer consumer : failing) {
      hub.subscribe(on(), consumer);
      while (hub.subscriptionCount() > 1) {
        Thread.onSpinWait();
      }
    }
    storage.tell(changed("volumes", "a"));
    assertThat(sound.nextEvent()).isEqualTo("volumes/a@11");
  }

  /** The source would take it for its own failure, and others would miss what they were told. */
  @Test
  void shouldEndWithASelectionThatFails() throws Exception {
    Collector failing = new Collector();
    hub.subscribe(
        new EventSelection(
            Set.of(),
            Optional.empty(),
            event -> {
              throw new NoClassDefFoundError("x");
            }),
        failing);
    failing.begun();
    Collector sound = subscribe(on());
    storage.tell(changed("volumes", "a"));
    assertThat(sound.nextEvent()).isEqualTo("volumes/a@11");
    while (!failing.hasEnded()) {
      Thread.onSpinWait();
    }
    assertThat(hub.subscriptionCount()).isEqualTo(1);
  }
}
