package io.aerie.engine.store;

/**
 * Begins a new epoch of a stream on this disk (rules 5 and 7). Durable before it is answered.
 *
 * <p>Settling (a member in sync): what lies above {@code kept} is dropped, what lies at or below it
 * counts as settled. Returning (a member that was stale or is new): everything in doubt is dropped,
 * blocks stay as they are.
 *
 * @param stream whose history
 * @param epoch the new epoch
 * @param kept the last kept place of the old history; {@link Point#NONE} when returning
 * @param first the number before the first entry that this member will get under the new epoch
 * @param returning which of the two
 */
public record Base(StreamKey stream, long epoch, Point kept, long first, boolean returning) {}
