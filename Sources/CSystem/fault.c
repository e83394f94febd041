/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "fault.h"

#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[] = {"", "accept", "commit", "call", "left", "outcome",
                                    "drafted", "sealed", "committed", "blob"};

static int32_t wanted_point;
static char wanted_victim[64];
static _Atomic int64_t countdown;

/* Read once, before main: the variable is the process's for life. */
__attribute__((constructor)) static void read_variable(void) {
  const char *text = getenv("JACKFIELD_FAULT");
  char name[16];
  long count = 0;
  if (!text || sscanf(text, "%15[a-z]:%ld:%63s", name, &count, wanted_victim) != 3) return;
  for (int32_t point = 1; point <= SYS_FAULT_BLOB; point++) {
    if (strcmp(name, names[point]) == 0) wanted_point = point;
  }
  atomic_store(&countdown, count);
}

static void report(void) {
  const char *path = getenv("JACKFIELD_FAULT_LOG");
  char line[128];
  if (!path) return;
  int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  int size = snprintf(line, sizeof line, "%s %s\n", names[wanted_point], wanted_victim);
  if (file < 0) return;
  if (write(file, line, (size_t)size) != size) _exit(86);
  close(file);
}

int32_t sys_fault(int32_t point) {
  if (point != wanted_point) return 0;
  if (atomic_fetch_sub(&countdown, 1) != 1) return 0;
  if (strcmp(wanted_victim, "host") == 0) {
    report();
    kill(getpid(), SIGKILL);
  }
  return 1;
}

void sys_fault_done(int32_t killed) {
  if (killed) {
    report();
  } else {
    atomic_store(&countdown, 1);
  }
}

const char *sys_fault_victim(void) {
  return strncmp(wanted_victim, "worker:", 7) == 0 ? wanted_victim + 7 : "";
}
