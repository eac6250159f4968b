/*
 * Steps the wall clock of one process while it runs: preloaded (LD_PRELOAD), it adds as many seconds to CLOCK_REALTIME as
 * the first eight bytes of the file CLOCK_STEP_FILE say, a long of this machine. All other clocks stay as they are.
 *
 * Debian's libfaketime 0.9.10 is no help: with the JVM (OpenJDK 17) it stops the monotonic clock and ends all waits at
 * once, also when told to leave that clock alone.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile long *step_seconds;
static int (*real_clock_gettime)(clockid_t, struct timespec *);

__attribute__((constructor)) static void open_step(void) {
  const char *path = getenv("CLOCK_STEP_FILE");
  int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
  void *page = file < 0 ? MAP_FAILED : mmap(NULL, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
  real_clock_gettime = (int (*)(clockid_t, struct timespec *)) dlsym(RTLD_NEXT, "clock_gettime");
  if (page == MAP_FAILED || real_clock_gettime == NULL) {
    _exit(97);
  }
  close(file);
  step_seconds = page;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  int result = real_clock_gettime(clock, now);
  if (result == 0 && clock == CLOCK_REALTIME) {
    now->tv_sec += *step_seconds;
  }
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  struct timespec exact;
  int result = clock_gettime(CLOCK_REALTIME, &exact);
  (void) zone;
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return result;
}

time_t time(time_t *where) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (where != NULL) {
    *where = now.tv_sec;
  }
  return now.tv_sec;
}
