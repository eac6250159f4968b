package io.aerie.iscsi.target;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The targets of this node: all of the cluster, as far as this node knows. */
public final class Targets {
  private final List<Consumer<Targets>> listeners = new CopyOnWriteArrayList<>();
  private volatile Map<String, TargetDefinition> byName = Map.of();

  /** Replaces all; then listeners are called, by this thread. */
  public void set(List<TargetDefinition> definitions) {
    Map<String, TargetDefinition> all = new TreeMap<>();
    definitions.forEach(definition -> all.put(definition.name(), definition));
    byName = all;
    listeners.forEach(listener -> listener.accept(this));
  }

  /** Calls after each change. */
  public void listen(Consumer<Targets> listener) {
    listeners.add(listener);
  }

  public Optional<TargetDefinition> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** What an initiator may see, by name. */
  public List<TargetDefinition> visibleTo(String initiator) {
    return byName.values().stream().filter(target -> target.admits(initiator)).toList();
  }
}
