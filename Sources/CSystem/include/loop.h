/* SPDX-License-Identifier: Apache-2.0
 *
 * loop.h: epoll and eventfd, which Swift's Glibc module does not show.
 */
#ifndef JACKFIELD_LOOP_H
#define JACKFIELD_LOOP_H

#include <stdint.h>

#define SYS_LOOP_READABLE 1u
#define SYS_LOOP_WRITABLE 2u
#define SYS_LOOP_CLOSED 4u
#define SYS_LOOP_FAILED 8u

/* One descriptor that is ready: the token it was watched with, and SYS_LOOP_* bits. */
typedef struct sys_loop_event {
  uint64_t token;
  uint32_t ready;
  uint32_t reserved;
} sys_loop_event;

/* A new epoll set, closed at exec. Returns a descriptor, or minus errno. */
int32_t sys_loop_create(void);

/* A counter that wakes a loop, non-blocking, closed at exec. Returns a descriptor or minus errno. */
int32_t sys_loop_bell(void);

/* A counter that blocks its reader while it is zero. Returns a descriptor or minus errno. */
int32_t sys_counter(void);

/* Adds (mode 0), changes (mode 1) or removes (mode 2) a descriptor. Returns 0 or minus errno. */
int32_t sys_loop_watch(int32_t loop, int32_t mode, int32_t fd, uint32_t interest,
                          uint64_t token);

/* Waits at most `timeout_ms` (-1: for ever). Returns the number of events, 0 also after a signal,
 * or minus errno. At most 256 events are reported at once. */
int32_t sys_loop_wait(int32_t loop, sys_loop_event *events, int32_t capacity,
                         int32_t timeout_ms);

/* The name of the calling thread as `top` shows it, cut to 15 bytes. */
void sys_thread_name(const char *name);

#endif
