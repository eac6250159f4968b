package io.aerie.engine.store;

import java.util.function.BiConsumer;

/**
 * Called once, on the engine's own loop, with a result or the failure, never both and never from
 * within the call that was given it.
 */
@FunctionalInterface
public interface Completion<T> extends BiConsumer<T, Throwable> {}
