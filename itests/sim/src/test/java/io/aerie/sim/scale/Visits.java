package io.aerie.sim.scale;

import io.aerie.engine.rcd.RcdState;
import java.lang.reflect.Field;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Counts the records that a state's rules go through, as opposed to those that they find by their
 * key. It takes the place of the tables inside of the state; the product knows nothing of it.
 */
final class Visits {
  private long visits;

  private Visits() {}

  /** Counts from now on in this state. */
  static Visits in(RcdState state) {
    Visits counter = new Visits();
    try {
      Object tables = field(RcdState.class, "tables").get(state);
      for (Field field : tables.getClass().getDeclaredFields()) {
        field.setAccessible(true);
        if (field.get(tables) instanceof TreeMap<?, ?> table) {
          field.set(tables, counter.counted(table));
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
    return counter;
  }

  private static Field field(Class<?> of, String name) throws NoSuchFieldException {
    Field field = of.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  private <K, V> Map<K, V> counted(Map<K, V> table) {
    Map<K, V> counted = new Counted<>();
    counted.putAll(table);
    return counted;
  }

  long soFar() {
    return visits;
  }

  private final class Counted<K, V> extends TreeMap<K, V> {
    private static final long serialVersionUID = 1;

    @Override
    public Set<Map.Entry<K, V>> entrySet() {
      return new Counter<>(super.entrySet(), this::size);
    }

    @Override
    public Set<K> keySet() {
      return new Counter<>(super.keySet(), this::size);
    }

    @Override
    public Collection<V> values() {
      return new Counter<>(super.values(), this::size);
    }
  }

  /** Not a set where values are alike; nobody asks for that. */
  private final class Counter<T> extends AbstractSet<T> {
    private final Iterable<T> of;
    private final Supplier<Integer> size;

    Counter(Iterable<T> of, Supplier<Integer> size) {
      this.of = of;
      this.size = size;
    }

    @Override
    public Iterator<T> iterator() {
      Iterator<T> each = of.iterator();
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return each.hasNext();
        }

        @Override
        public T next() {
          visits++;
          return each.next();
        }
      };
    }

    @Override
    public int size() {
      return size.get();
    }
  }
}
