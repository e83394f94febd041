/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "worker_start.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

int32_t sys_worker_begin(int32_t socket, int32_t highest) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return -errno;
  /* A parent that ended before the line above sends no signal; then the parent is another. */
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -errno;
  if (peer.pid != getppid()) return -ESRCH;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return -errno;
  struct rlimit none = {0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) return -errno;
  if (close_range((unsigned)highest + 1, ~0U, 0) != 0) return -errno;
  signal(SIGPIPE, SIG_IGN);
  setvbuf(stdout, NULL, _IOLBF, 0);
  return 0;
}

int32_t sys_worker_hide(void) { return prctl(PR_SET_DUMPABLE, 0) != 0 ? -errno : 0; }
