package io.aerie.iscsi.target;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The targets of this node: all of the cluster, as far as this node knows. */
public final class Targets {
  private static final Logger LOG = LoggerFactory.getLogger(Targets.class);

  private final List<Consumer<Targets>> listeners = new CopyOnWriteArrayList<>();
  private volatile Map<String, TargetDefinition> byName = Map.of();

  /**
   * Replaces all; then listeners are called, by this thread. A volume that has blocks of two
   * lengths is served in none: hosts would take it for one disk, and overwrite what is elsewhere.
   */
  public void set(List<TargetDefinition> definitions) {
    Set<String> ambiguous = volumesOfTwoLengths(definitions);
    if (!ambiguous.isEmpty()) {
      LOG.error("Not served, for targets have them in blocks of different lengths: {}", ambiguous);
    }
    Map<String, TargetDefinition> all = new TreeMap<>();
    definitions.forEach(
        definition -> all.put(definition.name(), definition.withoutVolumes(ambiguous)));
    byName = all;
    listeners.forEach(listener -> listener.accept(this));
  }

  private static Set<String> volumesOfTwoLengths(List<TargetDefinition> definitions) {
    Map<String, Integer> lengths = new HashMap<>();
    Set<String> ambiguous = new TreeSet<>();
    for (TargetDefinition definition : definitions) {
      for (UnitDefinition unit : definition.units().values()) {
        Integer known = lengths.putIfAbsent(unit.volume(), unit.blockBytes());
        if (known != null && known != unit.blockBytes()) {
          ambiguous.add(unit.volume());
        }
      }
    }
    return ambiguous;
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
