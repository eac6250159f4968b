package io.aerie.ardfs.device;

import io.aerie.base.AerieException;
import io.aerie.base.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The devices and files that this process has open, by whatever name. To open one a second time and
 * to close it again, as after the refusal of a lock, would end the lock of the first opening
 * (fcntl(2): a process' locks on a file end with any of its descriptors).
 */
final class OpenFiles {
  private static final int TYPE_MASK = 0xf000;
  private static final int TYPE_BLOCK_DEVICE = 0x6000;

  private static final Set<Object> OPEN = ConcurrentHashMap.newKeySet();

  private OpenFiles() {}

  /**
   * Claims a device or file, to be given back by {@link #release}.
   *
   * @return what stands for it
   * @throws AerieException IN_USE
   */
  static Object claim(Path path) throws IOException {
    Object key = key(path);
    if (!OPEN.add(key)) {
      throw inUse(path);
    }
    return key;
  }

  static void release(Object key) {
    OPEN.remove(key);
  }

  static AerieException inUse(Path path) {
    return new AerieException(
        ErrorCode.IN_USE, path + " is in use by another process or opened twice");
  }

  /** A block device may have several nodes: its number counts, not the node's inode. */
  private static Object key(Path path) throws IOException {
    int mode = (Integer) Files.getAttribute(path, "unix:mode");
    return (mode & TYPE_MASK) == TYPE_BLOCK_DEVICE
        ? Files.getAttribute(path, "unix:rdev")
        : Files.getAttribute(path, "fileKey");
  }
}
