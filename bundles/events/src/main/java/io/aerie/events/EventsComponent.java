package io.aerie.events;

import io.aerie.base.Subscription;
import io.aerie.event.EventConsumer;
import io.aerie.event.EventSelection;
import io.aerie.event.EventSource;
import io.aerie.event.EventSubscription;
import io.aerie.event.Events;
import java.util.HashMap;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The node's hub, over the sources that come and go. */
@Component(service = Events.class, immediate = true)
public final class EventsComponent implements Events {
  private final EventHub hub = new EventHub(Limits.DEFAULT);
  private final Map<EventSource, Subscription> followed = new HashMap<>();

  /** Follows a source; one that is there again goes on where it was. */
  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  public synchronized void addSource(EventSource source) {
    followed.put(source, hub.attach(source));
  }

  /** Hears it no more. */
  public synchronized void removeSource(EventSource source) {
    Subscription following = followed.remove(source);
    if (following != null) {
      following.close();
    }
  }

  @Override
  public EventSubscription subscribe(EventSelection selection, EventConsumer consumer) {
    return hub.subscribe(selection, consumer);
  }

  /** Ends all subscriptions. */
  @Deactivate
  public synchronized void deactivate() {
    followed.values().forEach(Subscription::close);
    followed.clear();
    hub.close();
  }
}
