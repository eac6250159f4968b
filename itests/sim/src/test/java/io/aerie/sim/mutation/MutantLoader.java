package io.aerie.sim.mutation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A world of its own for one mutant: the engine, the simulator and their tests once more, with the
 * mutated classes in place of the product's.
 */
final class MutantLoader extends ClassLoader {
  private final Map<String, byte[]> mutated;

  MutantLoader(Map<String, byte[]> mutated) {
    super(MutantLoader.class.getClassLoader());
    this.mutated = mutated;
  }

  private static boolean inside(String name) {
    return name.startsWith("io.aerie.engine.")
        || (name.startsWith("io.aerie.sim.") && !name.startsWith("io.aerie.sim.mutation."));
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!inside(name)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    byte[] bytes = mutated.get(name);
    if (bytes == null) {
      bytes = original(name);
    }
    return defineClass(name, bytes, 0, bytes.length);
  }

  private byte[] original(String name) throws ClassNotFoundException {
    try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether any test of the class fails. */
  boolean failsIn(String test) {
    try {
      Class<?> type = loadClass(test);
      boolean any = false;
      for (Method method : type.getDeclaredMethods()) {
        if (method.isAnnotationPresent(Test.class)) {
          any = true;
          if (fails(type, method)) {
            return true;
          }
        }
      }
      if (!any) {
        throw new AssertionError(test + " has no tests");
      }
      return false;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(test, e);
    }
  }

  private static boolean fails(Class<?> type, Method test) throws ReflectiveOperationException {
    Constructor<?> constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    Object instance = constructor.newInstance();
    try {
      for (Method before : type.getDeclaredMethods()) {
        if (before.isAnnotationPresent(BeforeEach.class)) {
          before.setAccessible(true);
          before.invoke(instance);
        }
      }
      test.setAccessible(true);
      test.invoke(instance);
      return false;
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof LinkageError) {
        throw e;
      }
      return true;
    }
  }

  /** The first of so many seeds that fails. */
  OptionalLong failsInSeeds(long first, int count) {
    try {
      Method one =
          loadClass("io.aerie.sim.SimulationRun")
              .getMethod("one", long.class, boolean.class, AtomicLong.class);
      for (long seed = first; seed < first + count; seed++) {
        Object outcome = one.invoke(null, seed, false, new AtomicLong());
        Object violations = outcome.getClass().getMethod("violations").invoke(outcome);
        if (!((List<?>) violations).isEmpty()) {
          return OptionalLong.of(seed);
        }
      }
      return OptionalLong.empty();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("seeds from " + first, e);
    }
  }
}
