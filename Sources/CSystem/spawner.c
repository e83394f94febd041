/* SPDX-License-Identifier: Apache-2.0
 *
 * spawner.c: posix_spawn with a fixed descriptor layout, pidfds, and reaping by pidfd.
 *
 * Never bare fork: the host is a Swift program with threads.
 */
#define _GNU_SOURCE
#include "spawner.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_DESCRIPTORS 16
/* Above every number of the layout, so that no dup2 overwrites a source of a later one. */
#define FIRST_COPY 64

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static int add_descriptors(posix_spawn_file_actions_t *actions, const int32_t *copies,
                           int32_t count) {
  int failure = 0;
  for (int32_t i = 0; i < count && failure == 0; i++)
    failure = copies[i] >= 0 ? posix_spawn_file_actions_adddup2(actions, copies[i], i)
                             : posix_spawn_file_actions_addclose(actions, i);
  return failure ? failure : posix_spawn_file_actions_addclosefrom_np(actions, count);
}

static int set_attributes(posix_spawnattr_t *attributes) {
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  int failure = posix_spawnattr_setflags(
      attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  if (!failure) failure = posix_spawnattr_setsigdefault(attributes, &all);
  if (!failure) failure = posix_spawnattr_setsigmask(attributes, &none);
  return failure;
}

static int start(const char *program, char *const *arguments, char *const *environment,
                 const int32_t *copies, int32_t count, pid_t *pid) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  int failure = posix_spawn_file_actions_init(&actions);
  if (failure) return failure;
  failure = posix_spawnattr_init(&attributes);
  if (!failure) {
    failure = add_descriptors(&actions, copies, count);
    if (!failure) failure = set_attributes(&attributes);
    if (!failure)
      failure = posix_spawn(pid, program, &actions, &attributes, arguments, environment);
    posix_spawnattr_destroy(&attributes);
  }
  posix_spawn_file_actions_destroy(&actions);
  return failure;
}

int32_t sys_spawn(const char *program, char *const *arguments, char *const *environment,
                  const int32_t *descriptors, int32_t count, sys_spawned *spawned) {
  int32_t copies[MOST_DESCRIPTORS];
  int failure = 0;
  pid_t pid = -1;
  if (count < 3 || count > MOST_DESCRIPTORS) return -EINVAL;
  for (int32_t i = 0; i < count; i++) {
    copies[i] = -1;
    if (descriptors[i] < 0 || failure) continue;
    copies[i] = fcntl(descriptors[i], F_DUPFD_CLOEXEC, FIRST_COPY);
    if (copies[i] < 0) failure = errno;
  }
  if (!failure) failure = start(program, arguments, environment, copies, count, &pid);
  for (int32_t i = 0; i < count; i++)
    if (copies[i] >= 0) close(copies[i]);
  if (failure) return -failure;
  spawned->pid = pid;
  spawned->pidfd = sys_pidfd(pid);
  if (spawned->pidfd >= 0) return 0;
  /* Without a pidfd nobody would see it end. */
  failure = spawned->pidfd;
  kill(pid, SIGKILL);
  waitpid(pid, 0, 0);
  return failure;
}

int32_t sys_reap(int32_t pidfd, sys_reaped *reaped) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  if (waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG) != 0) return -errno;
  if (info.si_pid == 0) return 0;
  reaped->kind = info.si_code == CLD_EXITED ? 1 : 2;
  reaped->number = info.si_status;
  return 1;
}

int32_t sys_pidfd(int32_t pid) {
  int fd = (int)syscall(SYS_pidfd_open, pid, 0);
  return fd < 0 ? -errno : fd;
}

int32_t sys_pidfd_signal(int32_t pidfd, int32_t signal) {
  return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) == 0 ? 0 : -errno;
}

int32_t sys_thread_id(void) { return (int32_t)syscall(SYS_gettid); }

int32_t sys_pipe(int32_t *reading, int32_t *writing) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
  if (fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) {
    int failure = errno;
    close(ends[0]);
    close(ends[1]);
    return -failure;
  }
  *reading = ends[0];
  *writing = ends[1];
  return 0;
}

int32_t sys_open_private(const char *path) {
  int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  return fd < 0 ? -errno : fd;
}

int64_t sys_read_at(int32_t fd, void *buffer, uint64_t count, uint64_t offset) {
  uint64_t done = 0;
  while (done < count) {
    ssize_t got = pread(fd, (char *)buffer + done, count - done, (off_t)(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -errno;
    if (got == 0) break;
    done += (uint64_t)got;
  }
  return (int64_t)done;
}
