/*
 * A file system (FUSE) of one file, DISK, that is another file until it is told to fail: as long as the file FAULTS has
 * the letter r, w or f in it, reads, writes or flushes (fsync, fdatasync) of DISK end with EIO, as those of a disk that broke.
 *
 *   faulty-disk BACKING_FILE FAULTS MOUNT_POINT [options of FUSE]
 *
 * Everything goes past the page cache of this file system (direct_io), and io_submit(2) works on it as on others.
 */
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const disk_path = "/disk";
static int backing = -1;
static int faults = -1;

static int fails(char kind) {
  char now[8];
  ssize_t count = pread(faults, now, sizeof(now), 0);
  return count > 0 && memchr(now, kind, count) != NULL;
}

static int result_of(ssize_t count) { return count < 0 ? -errno : (int) count; }

static int get_attributes(const char *path, struct stat *found, struct fuse_file_info *file) {
  (void) file;
  memset(found, 0, sizeof(*found));
  if (strcmp(path, "/") == 0) {
    found->st_mode = S_IFDIR | 0755;
    found->st_nlink = 2;
    return 0;
  }
  return strcmp(path, disk_path) == 0 ? result_of(fstat(backing, found)) : -ENOENT;
}

static int read_directory(const char *path, void *buffer, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info *file,
                          enum fuse_readdir_flags flags) {
  (void) offset;
  (void) file;
  (void) flags;
  if (strcmp(path, "/") != 0) {
    return -ENOTDIR;
  }
  fill(buffer, ".", NULL, 0, 0);
  fill(buffer, "..", NULL, 0, 0);
  fill(buffer, disk_path + 1, NULL, 0, 0);
  return 0;
}

static int open_disk(const char *path, struct fuse_file_info *file) {
  if (strcmp(path, disk_path) != 0) {
    return -ENOENT;
  }
  file->direct_io = 1;
  return 0;
}

static int read_disk(const char *path, char *buffer, size_t size, off_t offset, struct fuse_file_info *file) {
  (void) path;
  (void) file;
  return fails('r') ? -EIO : result_of(pread(backing, buffer, size, offset));
}

static int write_disk(const char *path, const char *data, size_t size, off_t offset, struct fuse_file_info *file) {
  (void) path;
  (void) file;
  return fails('w') ? -EIO : result_of(pwrite(backing, data, size, offset));
}

static int flush_disk(const char *path, int data_only, struct fuse_file_info *file) {
  (void) path;
  (void) data_only;
  (void) file;
  return fails('f') ? -EIO : result_of(fdatasync(backing));
}

static const struct fuse_operations operations = {
    .getattr = get_attributes,
    .readdir = read_directory,
    .open = open_disk,
    .read = read_disk,
    .write = write_disk,
    .fsync = flush_disk,
};

int main(int count, char **arguments) {
  if (count < 4) {
    return 64;
  }
  backing = open(arguments[1], O_RDWR | O_CLOEXEC);
  faults = open(arguments[2], O_RDONLY | O_CLOEXEC);
  if (backing < 0 || faults < 0) {
    return 66;
  }
  arguments[2] = arguments[0];
  return fuse_main(count - 2, arguments + 2, &operations, NULL);
}
