package io.aerie.engine.store;

import java.nio.ByteBuffer;

/**
 * A block with its data, for copying.
 *
 * @param version what it is
 * @param data the present units, in order
 */
public record BlockImage(BlockVersion version, ByteBuffer data) {}
