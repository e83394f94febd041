/* SPDX-License-Identifier: Apache-2.0
 *
 * probe.h: what the probe, a process that tries a plugin out, does and looks at.
 */
#ifndef JACKFIELD_SYSTEM_PROBE_H
#define JACKFIELD_SYSTEM_PROBE_H

#include <stdint.h>

/* Binds this process to its parent: it is killed when the thread that started it ends. Gives up
 * core dumps, root's powers and new privileges, ignores SIGPIPE, closes every descriptor above `highest`; files
 * grow to 64 MiB, what is allocated to 2 GiB. Returns 0 or -errno. */
int32_t sys_probe_begin(int32_t highest);

/* A copy of this process, which must have one thread: 0 in the copy, its number here, or -errno.
 * The copy is killed with this process. */
int32_t sys_probe_fork(void);

/* Waits for a copy and reaps it: the exit status, or minus the signal that ended it, or -1000. */
int32_t sys_probe_wait(int32_t pid);

/* Called right before a call runs again, and does nothing: where a debugger stops when the plugin is
 * loaded and nothing of the call has run. */
void sys_replay_begin(void);

/* Bytes of the heap in use. */
uint64_t sys_probe_heap(void);

/* The addresses of the handlers of the signals 1 to `count`, 0 and 1 for default and ignored. */
void sys_probe_handlers(uint64_t *handlers, int32_t count);

/* The locale of this process, all categories, as setlocale writes it; the C library's memory. */
const char *sys_probe_locale(void);

/* The version of the C library that runs, as "2.36". */
const char *sys_probe_glibc(void);

#endif
