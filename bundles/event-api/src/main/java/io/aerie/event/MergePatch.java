package io.aerie.event;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The JSON Merge Patch (RFC 7396) between two objects. As the RFC has it, a member that became null
 * can't be told from one that is gone.
 */
final class MergePatch {
  private MergePatch() {}

  static Map<String, Object> of(Map<String, ?> before, Map<String, ?> after) {
    Map<String, Object> patch = new TreeMap<>();
    after.forEach(
        (name, value) -> {
          Object former = before.get(name);
          if (value instanceof Map<?, ?> now && former instanceof Map<?, ?> then) {
            Map<String, Object> inner = of(texts(then), texts(now));
            if (!inner.isEmpty()) {
              patch.put(name, inner);
            }
          } else if (!Objects.equals(value, former)) {
            patch.put(name, value);
          }
        });
    before.forEach(
        (name, value) -> {
          if (value != null && !after.containsKey(name)) {
            patch.put(name, null);
          }
        });
    return patch;
  }

  private static Map<String, Object> texts(Map<?, ?> object) {
    Map<String, Object> members = new TreeMap<>();
    object.forEach((name, value) -> members.put((String) name, value));
    return members;
  }
}
