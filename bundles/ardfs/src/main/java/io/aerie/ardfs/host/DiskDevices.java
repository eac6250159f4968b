package io.aerie.ardfs.host;

import io.aerie.ardfs.device.FileDevice;
import io.aerie.engine.disk.DiskEngine;
import io.aerie.engine.disk.DiskInspection;
import io.aerie.engine.disk.FormatOptions;
import io.aerie.engine.disk.PageBuffers;
import io.aerie.engine.store.DiskIdentity;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

/** Devices as disks of a cluster; called by a thread that may wait. */
final class DiskDevices {
  private final LoopCalls calls;
  private final UUID cluster;
  private final PageBuffers buffers;

  /** A disk that serves. */
  record OpenDisk(FileDevice device, DiskEngine engine) {}

  DiskDevices(LoopCalls calls, UUID cluster, PageBuffers buffers) {
    this.calls = calls;
    this.cluster = cluster;
    this.buffers = buffers;
  }

  OpenDisk open(String path) throws ExecutionException, InterruptedException {
    FileDevice device = FileDevice.open(Path.of(path), calls.loop());
    try {
      DiskEngine engine =
          calls
              .<DiskEngine>call(
                  done ->
                      DiskEngine.open(
                          device,
                          buffers,
                          calls.loop(),
                          cluster,
                          DiskEngine.DIRECT_BYTES_MIN,
                          done))
              .get();
      return new OpenDisk(device, engine);
    } catch (ExecutionException | InterruptedException | RuntimeException e) {
      device.close();
      throw e;
    }
  }

  /** What lies on a device; changes nothing. */
  DiskInspection inspect(String path) throws ExecutionException, InterruptedException {
    FileDevice device = FileDevice.open(Path.of(path), calls.loop());
    try {
      return calls.<DiskInspection>call(done -> DiskEngine.inspect(device, buffers, done)).get();
    } finally {
      device.close();
    }
  }

  void format(String path, UUID id) throws ExecutionException, InterruptedException {
    FileDevice device = FileDevice.open(Path.of(path), calls.loop());
    try {
      FormatOptions options = FormatOptions.defaults(device.capacityBytes());
      calls
          .<DiskIdentity>call(
              done -> DiskEngine.format(device, buffers, cluster, id, options, done))
          .get();
    } finally {
      device.close();
    }
  }
}
