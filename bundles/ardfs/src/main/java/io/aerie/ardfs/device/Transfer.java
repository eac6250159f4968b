package io.aerie.ardfs.device;

import io.aerie.engine.store.Completion;
import java.nio.ByteBuffer;

/**
 * A read or a write that was asked for.
 *
 * @param buffer its remaining bytes
 */
record Transfer(boolean write, long offset, ByteBuffer buffer, Completion<Void> done) {}
