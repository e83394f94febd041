/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "probe.h"
#include "sandbox.h"

#include <errno.h>
#include <gnu/libc-version.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int32_t sys_probe_begin(int32_t highest) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return -errno;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -errno;
  struct rlimit none = {0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) return -errno;
  /* What a plugin prints and allocates without end is to end before the machine does. */
  struct rlimit printed = {64 << 20, 64 << 20}, allocated = {2UL << 30, 2UL << 30};
  if (setrlimit(RLIMIT_FSIZE, &printed) != 0) return -errno;
  if (setrlimit(RLIMIT_DATA, &allocated) != 0) return -errno;
  if (close_range((unsigned)highest + 1, ~0U, 0) != 0) return -errno;
  int32_t kept = sys_capabilities_drop();
  if (kept != 0) return kept;
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  return 0;
}

int32_t sys_probe_fork(void) {
  pid_t pid = fork();
  if (pid < 0) return -errno;
  if (pid == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) _exit(1);
  return pid;
}

int32_t sys_probe_wait(int32_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return -1000;
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

uint64_t sys_probe_heap(void) {
  struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

void sys_probe_handlers(uint64_t *handlers, int32_t count) {
  for (int32_t i = 0; i < count; i++) {
    struct sigaction action;
    handlers[i] = sigaction(i + 1, NULL, &action) == 0 ? (uint64_t)action.sa_handler : 0;
  }
}

const char *sys_probe_locale(void) { return setlocale(LC_ALL, NULL); }

const char *sys_probe_glibc(void) { return gnu_get_libc_version(); }

__attribute__((noinline, used)) void sys_replay_begin(void) {
  /* Not to be left out, nor merged with another empty function. */
  __asm__ volatile("" ::: "memory");
}
