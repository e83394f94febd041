/* SPDX-License-Identifier: Apache-2.0
 *
 * worker_limits.c: who a worker is, and how much it may take.
 */
#define _GNU_SOURCE
#include "sandbox.h"
#include "worker_start.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What it has now: the bound is on what comes on top of it. */
static uint64_t data_now(void) {
  char text[128] = {0};
  unsigned long long pages = 0;
  int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t size = read(file, text, sizeof text - 1);
  close(file);
  if (size <= 0 || sscanf(text, "%*u %*u %*u %*u %*u %llu", &pages) != 1) return 0;
  return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

/* Never above the hard limit that is there. */
static int set_limit(__rlimit_resource_t which, uint64_t value) {
  struct rlimit limit;
  if (getrlimit(which, &limit) != 0) return -errno;
  rlim_t bound = value < limit.rlim_max ? value : limit.rlim_max;
  limit.rlim_cur = limit.rlim_max = bound;
  return setrlimit(which, &limit) != 0 ? -errno : 0;
}

int32_t sys_worker_limit(const sys_worker_limits *limits) {
  int failure = 0;
  if (limits->data_bytes) failure = set_limit(RLIMIT_DATA, data_now() + limits->data_bytes);
  if (!failure && limits->file_bytes) failure = set_limit(RLIMIT_FSIZE, limits->file_bytes);
  if (!failure && limits->open_files) failure = set_limit(RLIMIT_NOFILE, limits->open_files);
  if (!failure && limits->processes) failure = set_limit(RLIMIT_NPROC, limits->processes);
  if (!failure) failure = set_limit(RLIMIT_MEMLOCK, 0);
  if (!failure) failure = set_limit(RLIMIT_MSGQUEUE, 0);
  if (!failure && limits->niceness && setpriority(PRIO_PROCESS, 0, limits->niceness) != 0)
    failure = -errno;
  return failure;
}

int32_t sys_capabilities_drop(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
  return syscall(SYS_capset, &header, none) != 0 ? -errno : 0;
}

int32_t sys_worker_become(uint32_t id, int32_t socket) {
  if (id != 0) {
    if (setgroups(0, NULL) != 0) return -errno;
    if (setresgid(id, id, id) != 0) return -errno;
    if (setresuid(id, id, id) != 0) return -errno;
    /* A change of user hides the process, and its image is loaded through its own /proc/self. */
    if (prctl(PR_SET_DUMPABLE, 1) != 0) return -errno;
  }
  int32_t failure = sys_capabilities_drop();
  return failure ? failure : sys_worker_bind(socket);
}

/* The number after a name at the start of a line; 0 where there is none. */
static uint64_t field(const char *status, const char *name) {
  const char *line = strstr(status, name);
  return line ? strtoull(line + strlen(name), NULL, 10) : 0;
}

int32_t sys_threads_look(int32_t pid, sys_thread_look *out, int32_t most) {
  char path[64], text[4096];
  int32_t count = 0;
  snprintf(path, sizeof path, "/proc/%d/task", pid);
  DIR *threads = opendir(path);
  if (!threads) return -errno;
  for (struct dirent *thread; count < most && (thread = readdir(threads));) {
    int id = atoi(thread->d_name);
    if (id <= 0) continue;
    snprintf(path, sizeof path, "%d/status", id);
    int file = openat(dirfd(threads), path, O_RDONLY | O_CLOEXEC);
    ssize_t size = file < 0 ? 0 : read(file, text, sizeof text - 1);
    if (file >= 0) close(file);
    /* One that has ended meanwhile is no matter. */
    if (size <= 0) continue;
    text[size] = 0;
    const char *state = strstr(text, "\nState:\t");
    sys_thread_look look = {
        .id = id,
        .is_runnable = state && state[8] == 'R',
        .is_behind = sched_getscheduler(id) == SCHED_IDLE,
        .sleeps = field(text, "\nvoluntary_ctxt_switches:\t"),
    };
    if (look.is_runnable || look.is_behind) out[count++] = look;
  }
  closedir(threads);
  return count;
}

int32_t sys_thread_behind(int32_t id, int32_t behind) {
  const struct sched_param none = {0};
  return sched_setscheduler(id, behind ? SCHED_IDLE : SCHED_OTHER, &none) != 0 ? -errno : 0;
}

int32_t sys_worker_threads(void) {
  struct stat status;
  /* A folder's links: itself, its parent's entry, and one for each folder in it. */
  if (stat("/proc/self/task", &status) != 0) return -errno;
  return (int32_t)status.st_nlink - 2;
}
