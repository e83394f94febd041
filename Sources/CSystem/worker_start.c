/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "worker_start.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

int32_t sys_worker_bind(int32_t socket) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return -errno;
  /* A parent that ended before the line above sends no signal; then the parent is another. */
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -errno;
  return peer.pid != getppid() ? -ESRCH : 0;
}

/* Not being able to is no reason not to run. */
static void offer_to_kernel(void) {
  int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  if (write(file, "1000", 4) != 4) fprintf(stderr, "oom_score_adj cannot be raised\n");
  close(file);
}

int32_t sys_worker_begin(int32_t socket, int32_t highest) {
  int32_t bound = sys_worker_bind(socket);
  if (bound != 0) return bound;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -errno;
  struct rlimit none = {0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) return -errno;
  if (close_range((unsigned)highest + 1, ~0U, 0) != 0) return -errno;
  if (chdir("/") != 0) return -errno;
  umask(077);
  offer_to_kernel();
  signal(SIGPIPE, SIG_IGN);
  setvbuf(stdout, NULL, _IOLBF, 0);
  return 0;
}

int32_t sys_worker_hide(void) { return prctl(PR_SET_DUMPABLE, 0) != 0 ? -errno : 0; }
