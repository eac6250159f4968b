package io.aerie.face.fakes;

import io.aerie.cluster.health.HealthProblem;
import io.aerie.face.NamedLog;
import io.aerie.face.Subsystems;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A registry; a subsystem can be taken away. */
public final class FakeSubsystems implements Subsystems {
  private final Map<Class<?>, Object> services = new HashMap<>();
  private final List<NamedLog> logs = new ArrayList<>();
  private final List<HealthProblem> healthProblems = new ArrayList<>();

  /** Registers. */
  public <T> FakeSubsystems with(Class<T> type, T service) {
    services.put(type, service);
    return this;
  }

  /** Registers a log. */
  public FakeSubsystems with(NamedLog log) {
    logs.add(log);
    return this;
  }

  /** Registers a problem. */
  public FakeSubsystems with(HealthProblem problem) {
    healthProblems.add(problem);
    return this;
  }

  /** All that there is, by type. */
  public Map<Class<?>, Object> all() {
    return Map.copyOf(services);
  }

  /** Takes away. */
  public void remove(Class<?> type) {
    services.remove(type);
  }

  @Override
  public <T> Optional<T> find(Class<T> type) {
    return Optional.ofNullable(type.cast(services.get(type)));
  }

  @Override
  public List<NamedLog> logs() {
    return logs;
  }

  @Override
  public List<HealthProblem> healthProblems() {
    return healthProblems;
  }
}
