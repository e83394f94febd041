/* SPDX-License-Identifier: Apache-2.0
 * A process that does nothing, from its start to its end. */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "bench_reference.h"
#include "timing.h"

static int in_order(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

int bench_spawn(const char *program, int count, double *ms) {
  char *const arguments[] = {(char *)program, NULL};
  char *const environment[] = {NULL};
  double *times = calloc((size_t)count, sizeof *times);
  if (!times) return ENOMEM;
  for (int i = 0; i < count; i++) {
    uint64_t began = now_ns();
    pid_t pid;
    int failure = posix_spawn(&pid, program, NULL, NULL, arguments, environment);
    if (failure || waitpid(pid, NULL, 0) != pid) {
      free(times);
      return failure ? failure : ECHILD;
    }
    times[i] = (double)(now_ns() - began) / 1e6;
  }
  qsort(times, (size_t)count, sizeof *times, in_order);
  *ms = times[count / 2];
  free(times);
  return 0;
}
