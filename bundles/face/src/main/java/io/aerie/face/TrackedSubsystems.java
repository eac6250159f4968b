package io.aerie.face;

import io.aerie.cluster.health.HealthProblem;
import io.aerie.cluster.log.ReplicatedLog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** {@link Subsystems} out of the service registry, followed from construction to close. */
public final class TrackedSubsystems implements Subsystems, AutoCloseable {
  private final Map<Class<?>, ServiceTracker<?, ?>> trackers = new HashMap<>();
  private final ServiceTracker<ReplicatedLog, ReplicatedLog> logs;
  private final ServiceTracker<HealthProblem, HealthProblem> healthProblems;

  /**
   * @param context of the bundle that uses the services
   */
  public TrackedSubsystems(BundleContext context) {
    for (Class<?> type : NAMES.keySet()) {
      ServiceTracker<?, ?> tracker = new ServiceTracker<>(context, type, null);
      tracker.open();
      trackers.put(type, tracker);
    }
    logs = new ServiceTracker<>(context, ReplicatedLog.class, null);
    logs.open();
    healthProblems = new ServiceTracker<>(context, HealthProblem.class, null);
    healthProblems.open();
  }

  @Override
  public <T> Optional<T> find(Class<T> type) {
    ServiceTracker<?, ?> tracker = trackers.get(type);
    return tracker == null
        ? Optional.empty()
        : Optional.ofNullable(tracker.getService()).map(type::cast);
  }

  @Override
  public List<NamedLog> logs() {
    List<NamedLog> found = new ArrayList<>();
    for (Map.Entry<ServiceReference<ReplicatedLog>, ReplicatedLog> entry :
        logs.getTracked().entrySet()) {
      Object name = entry.getKey().getProperty(ReplicatedLog.NAME);
      found.add(new NamedLog(String.valueOf(name), entry.getValue()));
    }
    found.sort(Comparator.comparing(NamedLog::name));
    return found;
  }

  @Override
  public List<HealthProblem> healthProblems() {
    return healthProblems.getTracked().values().stream()
        .sorted(Comparator.comparing(HealthProblem::subsystem))
        .toList();
  }

  @Override
  public void close() {
    trackers.values().forEach(ServiceTracker::close);
    logs.close();
    healthProblems.close();
  }
}
