package io.aerie.upgrade.apply.exchange;

import io.aerie.base.AerieException;
import io.aerie.base.ByteSize;
import io.aerie.base.ErrorCode;
import io.aerie.storage.admin.Protection;
import io.aerie.storage.admin.StorageAdministration;
import io.aerie.storage.admin.StorageViews.PoolView;
import io.aerie.storage.block.BlockVolume;
import io.aerie.storage.block.BlockVolumes;
import io.aerie.upgrade.apply.cluster.Waiting;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/**
 * Real I/O through this node that touches nobody's data: a small volume of its own is made,
 * written, read back and deleted.
 */
final class VolumeProbe {
  private static final ByteSize SIZE = new ByteSize(1 << 20);
  private static final int WRITTEN_BYTES = 64 << 10;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Services services;

  VolumeProbe(Services services) {
    this.services = services;
  }

  /**
   * What went wrong, a sentence without a full stop; empty when all went well, or no pool has room.
   */
  String run(String name) {
    StorageAdministration storage = services.require(StorageAdministration.class);
    deleteLeftOver(storage, name);
    Optional<PoolView> pool = storage.pools().stream().filter(VolumeProbe::hasRoom).findFirst();
    if (pool.isEmpty()) {
      return "";
    }
    Protection protection = Protection.parse(protectionWithRoom(pool.get()).orElseThrow());
    Waiting.on(storage.createVolume(name, SIZE, pool.get().name(), protection, false), LIMIT);
    try {
      return writeAndRead(name);
    } finally {
      deleteLeftOver(storage, name);
    }
  }

  private static boolean hasRoom(PoolView pool) {
    return protectionWithRoom(pool).isPresent();
  }

  /** Copies first: every pool of several nodes can keep them. */
  private static Optional<String> protectionWithRoom(PoolView pool) {
    return pool.availableBytes().entrySet().stream()
        .filter(available -> available.getValue() >= SIZE.bytes())
        .map(Map.Entry::getKey)
        .max(String::compareTo);
  }

  private String writeAndRead(String name) {
    byte[] written = new byte[WRITTEN_BYTES];
    new Random().nextBytes(written);
    try (BlockVolume volume =
        Waiting.on(services.require(BlockVolumes.class).open(name, "upgrade"), LIMIT)) {
      Waiting.on(volume.write(0, ByteBuffer.wrap(written)), LIMIT);
      ByteBuffer read = Waiting.on(volume.read(0, WRITTEN_BYTES), LIMIT);
      return read.equals(ByteBuffer.wrap(written))
          ? ""
          : "A volume that was written through this node reads otherwise";
    }
  }

  /** A node that died while it was tried left its volume behind. */
  private static void deleteLeftOver(StorageAdministration storage, String name) {
    try {
      Waiting.on(storage.deleteVolume(name, OptionalLong.empty(), false), LIMIT);
    } catch (AerieException e) {
      if (e.code() != ErrorCode.NOT_FOUND) {
        throw e;
      }
    }
  }
}
