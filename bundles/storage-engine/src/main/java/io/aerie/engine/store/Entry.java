package io.aerie.engine.store;

/**
 * A numbered change of a stream.
 *
 * @param stream whose history
 * @param point its number; a member takes only the next one
 * @param groupEpoch the group's epoch under which the owner sent it; becomes the block's
 * @param change what it does
 */
public record Entry(StreamKey stream, Point point, long groupEpoch, Change change) {}
