/* SPDX-License-Identifier: Apache-2.0
 *
 * worker_start.h: what a worker process does to itself before it reads a byte.
 */
#ifndef JACKFIELD_SYSTEM_WORKER_START_H
#define JACKFIELD_SYSTEM_WORKER_START_H

#include <stdint.h>

/* Binds this process to the one at the other end of `socket`, which has to be its parent: it is
 * killed when the thread that started it ends. Returns 0, or -ESRCH when the parent is somebody
 * else, or -errno. */
int32_t sys_worker_bind(int32_t socket);

/* Binds to the parent. Gives up core dumps and new privileges, leaves the parent's folder, offers
 * itself first to a kernel short of memory, ignores SIGPIPE, makes printed lines leave at once, and
 * closes every descriptor above `highest`. Returns 0, or as `sys_worker_bind`. */
int32_t sys_worker_begin(int32_t socket, int32_t highest);

/* From now on other processes of this user cannot look into this one. Not earlier: an ordinary
 * user's /proc/self/fd, which the image is loaded through, is closed by it. Returns 0 or -errno. */
int32_t sys_worker_hide(void);

#endif
