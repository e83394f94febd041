/* SPDX-License-Identifier: Apache-2.0
 *
 * burn.c: processes that compute and that the kernel puts behind everybody, as far as it can.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_reference.h"

/* Whatever of this the kernel refuses, the process still computes. */
static void burn(void) {
  struct sched_param none = {0};
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setsid();
  int group = open("/proc/self/autogroup", O_WRONLY);
  if (group >= 0 && write(group, "19", 2) == 2) close(group);
  sched_setscheduler(0, SCHED_IDLE, &none);
  for (volatile unsigned long turns = 0;; turns++) {
  }
}

int bench_burn_start(int count, int *pids) {
  for (int i = 0; i < count; i++) {
    pids[i] = fork();
    if (pids[i] == 0) burn();
    if (pids[i] > 0) continue;
    int failure = errno;
    bench_burn_stop(i, pids);
    return failure;
  }
  return 0;
}

void bench_burn_stop(int count, const int *pids) {
  for (int i = 0; i < count; i++) {
    kill(pids[i], SIGKILL);
    waitpid(pids[i], NULL, 0);
  }
}
