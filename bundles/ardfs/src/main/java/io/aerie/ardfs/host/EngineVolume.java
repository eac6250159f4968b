package io.aerie.ardfs.host;

import io.aerie.engine.client.VolumeClient;
import io.aerie.storage.block.BlockVolume;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A volume as exports see it. */
// Each ignored future is the end of a chain whose last step handles the failure.
@SuppressWarnings("FutureReturnValueIgnored")
final class EngineVolume implements BlockVolume {
  private static final Logger log = LoggerFactory.getLogger(EngineVolume.class);

  private final LoopCalls calls;
  private final VolumeClient client;
  private final long sizeBytes;

  /** Made on the loop. */
  EngineVolume(LoopCalls calls, VolumeClient client) {
    this.calls = calls;
    this.client = client;
    this.sizeBytes = client.sizeBytes();
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  @Override
  public CompletableFuture<ByteBuffer> read(long offset, int length) {
    return calls.call(done -> client.read(offset, length, done));
  }

  @Override
  public CompletableFuture<Void> write(long offset, ByteBuffer data) {
    ByteBuffer view = data.asReadOnlyBuffer();
    return calls.call(done -> client.write(offset, view, done));
  }

  @Override
  public CompletableFuture<Void> zero(long offset, long length) {
    return calls.call(done -> client.zero(offset, length, done));
  }

  @Override
  public CompletableFuture<Integer> compareAndWrite(
      long offset, ByteBuffer expected, ByteBuffer data) {
    ByteBuffer expectedView = expected.asReadOnlyBuffer();
    ByteBuffer view = data.asReadOnlyBuffer();
    return calls.call(done -> client.compareAndWrite(offset, expectedView, view, done));
  }

  @Override
  public void close() {
    calls
        .<Void>call(client::close)
        .whenComplete(
            (nothing, failure) -> {
              if (failure != null) {
                log.info("an attachment was not ended in RCD: {}", failure.toString());
              }
            });
  }
}
