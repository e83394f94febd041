/* SPDX-License-Identifier: Apache-2.0
 *
 * spawner.h: starting and ending worker processes.
 */
#ifndef JACKFIELD_SYS_SPAWNER_H
#define JACKFIELD_SYS_SPAWNER_H

#include <stdint.h>

/* A process that was started. */
typedef struct sys_spawned {
  int32_t pid;
  int32_t pidfd;
} sys_spawned;

/* Starts `program` in a session of its own, and with it a process group and, where the kernel has
 * them, an autogroup, with all signals at their defaults and unblocked. `descriptors[i]` becomes descriptor i of the child (at most 16; -1 leaves a gap);
 * nothing else is inherited. The child is bound to the calling thread: its PDEATHSIG, if it sets
 * one, comes when this thread ends. Returns 0 or minus errno. */
int32_t sys_spawn(const char *program, char *const *arguments, char *const *environment,
                  const int32_t *descriptors, int32_t count, sys_spawned *spawned);

/* How a process ended: `kind` 1 exit status, 2 signal. */
typedef struct sys_reaped {
  int32_t kind;
  int32_t number;
} sys_reaped;

/* Reaps the process behind a pidfd without waiting. Returns 1 when it was reaped, 0 when it still
 * runs, or minus errno. */
int32_t sys_reap(int32_t pidfd, sys_reaped *reaped);

/* A pidfd of a process that is not ours. Returns it or minus errno. */
int32_t sys_pidfd(int32_t pid);

/* Signals the process behind a pidfd. Returns 0 or minus errno. */
int32_t sys_pidfd_signal(int32_t pidfd, int32_t signal);

/* The number of the calling thread, as /proc knows it. */
int32_t sys_thread_id(void);

/* A pipe, both ends closed at exec, the reading end non-blocking. Returns 0 or minus errno. */
int32_t sys_pipe(int32_t *reading, int32_t *writing);

/* Opens (and creates, mode 0600) a file for reading and writing, closed at exec.
 * Returns the descriptor or minus errno. */
int32_t sys_open_private(const char *path);

/* Reads a whole number of bytes at an offset. Returns the count (short at the end of the file) or
 * minus errno. */
int64_t sys_read_at(int32_t fd, void *buffer, uint64_t count, uint64_t offset);

#endif
