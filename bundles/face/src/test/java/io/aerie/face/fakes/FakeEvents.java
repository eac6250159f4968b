package io.aerie.face.fakes;

import io.aerie.event.Event;
import io.aerie.event.EventConsumer;
import io.aerie.event.EventNotice;
import io.aerie.event.EventSelection;
import io.aerie.event.EventSubscription;
import io.aerie.event.Events;
import java.util.ArrayList;
import java.util.List;

/** What happened already, told to each who subscribes as far as it may see it; nothing follows. */
public final class FakeEvents implements Events {
  private final List<EventNotice> told = new ArrayList<>();
  private EventSelection last;

  /** The next one. */
  public void happened(long revision, Event event) {
    told.add(new EventNotice.Happened(event, revision, "rcd." + revision + "~c1"));
  }

  /** Any other. */
  public void told(EventNotice notice) {
    told.add(notice);
  }

  /** What was subscribed to last. */
  public EventSelection last() {
    return last;
  }

  @Override
  public EventSubscription subscribe(EventSelection selection, EventConsumer consumer) {
    last = selection;
    List<EventNotice> notices = new ArrayList<>();
    notices.add(new EventNotice.Begun("rcd.1~c1"));
    for (EventNotice notice : told) {
      if (!(notice instanceof EventNotice.Happened happened)
          || selection.visible().test(happened.event())) {
        notices.add(notice);
      }
    }
    var unused = consumer.deliver(notices);
    return new EventSubscription() {
      @Override
      public String position() {
        return "rcd.1~c1";
      }

      @Override
      public void close() {}
    };
  }
}
