package io.aerie.ardfs.events;

import io.aerie.storage.admin.VolumeLimits;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * A view's components as fields of events, as REST names and shows them. By reflection, so that a
 * field that a view gets is told without anybody thinking of it.
 */
final class RecordFields {
  /** Not of RCD: each node measures it. */
  private static final Set<String> OBSERVED =
      Set.of("usedBytes", "rateBytesPerSecond", "secondsLeft");

  private RecordFields() {}

  static Map<String, Object> of(Record view) {
    Map<String, Object> fields = members(view);
    // the same rule as REST's
    fields.putIfAbsent("name", fields.getOrDefault("path", fields.get("id")));
    return fields;
  }

  private static Map<String, Object> members(Record view) {
    Map<String, Object> fields = new TreeMap<>();
    for (RecordComponent component : view.getClass().getRecordComponents()) {
      if (!OBSERVED.contains(component.getName())) {
        fields.put(component.getName(), plain(value(component, view)));
      }
    }
    return fields;
  }

  private static Object value(RecordComponent component, Record view) {
    try {
      return component.getAccessor().invoke(view);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("a view can't be read: " + component, e);
    }
  }

  private static Object plain(Object value) {
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return value;
    }
    if (value instanceof OptionalLong number) {
      return number.isPresent() ? number.getAsLong() : null;
    }
    if (value instanceof Optional<?> optional) {
      return plain(optional.orElse(null));
    }
    if (value instanceof VolumeLimits limits) {
      Map<String, Object> set = members(limits);
      set.values().removeIf(Objects::isNull);
      return set;
    }
    if (value instanceof Map<?, ?> map) {
      return new TreeMap<>(map);
    }
    return value instanceof Enum<?> name ? name.name().toLowerCase(Locale.ROOT) : value.toString();
  }
}
