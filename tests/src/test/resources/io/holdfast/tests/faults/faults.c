/*
 * Loaded before the C library of one process: moves its wall clock, slows and holds its syncs, and remembers how far the open
 * file of a replicated log was durable. Orders come through a page that is shared with the test; its layout is that of
 * FaultyLibc.java. Monotonic time is left alone, as setting a clock leaves it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define FILES 128

struct durable {
  int64_t inode;
  int64_t bytes;
};

struct orders {
  volatile int64_t clock_seconds;
  volatile int64_t sync_millis;
  volatile int64_t hold_syncs;
  volatile int64_t held;
  struct durable files[FILES];
};

static struct orders *orders;

__attribute__((constructor)) static void begin(void) {
  const char *name = getenv("HOLDFAST_FAULTS");
  int file = name == NULL ? -1 : open(name, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void *page = mmap(NULL, sizeof(struct orders), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (page != MAP_FAILED) orders = page;
}

int clock_gettime(clockid_t clock, struct timespec *to) {
  static int (*real)(clockid_t, struct timespec *);
  if (real == NULL) real = dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(clock, to);
  if (result == 0 && clock == CLOCK_REALTIME && orders != NULL) to->tv_sec += orders->clock_seconds;
  return result;
}

int gettimeofday(struct timeval *restrict to, void *restrict zone) {
  static int (*real)(struct timeval *, void *);
  if (real == NULL) real = dlsym(RTLD_NEXT, "gettimeofday");
  int result = real(to, zone);
  if (result == 0 && orders != NULL) to->tv_sec += orders->clock_seconds;
  return result;
}

time_t time(time_t *to) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (to != NULL) *to = now.tv_sec;
  return now.tv_sec;
}

static void pause_millis(long millis) {
  struct timespec left = {millis / 1000, millis % 1000 * 1000000};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

/* Where the bytes end that a sync which begins now makes durable; -1 for a file that is not the open one of a log. */
static int64_t written(int file) {
  char link[32];
  char name[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, name, sizeof name - 1);
  if (length < 0) return -1;
  name[length] = 0;
  return strstr(name, "/log_inprogress_") == NULL ? -1 : (int64_t)lseek(file, 0, SEEK_CUR);
}

static void remember(int file, int64_t bytes) {
  struct stat status;
  if (bytes < 0 || fstat(file, &status) != 0) return;
  int64_t inode = (int64_t)status.st_ino;
  for (int i = 0; i < FILES; i++) {
    struct durable *slot = &orders->files[(inode + i) % FILES];
    if (slot->inode == inode || __sync_bool_compare_and_swap(&slot->inode, 0, inode)) {
      slot->bytes = bytes;
      return;
    }
  }
}

static int synced(int (*real)(int), int file) {
  if (orders == NULL) return real(file);
  int64_t bytes = written(file);
  if (orders->sync_millis > 0) pause_millis(orders->sync_millis);
  if (orders->hold_syncs) {
    __sync_fetch_and_add(&orders->held, 1);
    while (orders->hold_syncs) pause_millis(1);
    __sync_fetch_and_sub(&orders->held, 1);
  }
  int result = real(file);
  if (result == 0) remember(file, bytes);
  return result;
}

int fsync(int file) {
  static int (*real)(int);
  if (real == NULL) real = dlsym(RTLD_NEXT, "fsync");
  return synced(real, file);
}

int fdatasync(int file) {
  static int (*real)(int);
  if (real == NULL) real = dlsym(RTLD_NEXT, "fdatasync");
  return synced(real, file);
}
