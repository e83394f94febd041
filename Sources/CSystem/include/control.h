/* SPDX-License-Identifier: Apache-2.0
 * What the control socket and the listening port need beyond what Swift's Glibc shows. */
#ifndef SYS_CONTROL_H
#define SYS_CONTROL_H

#include <stdint.h>

/* Accepts one connection, closed at exec. Returns the descriptor, or -1 with errno set. */
int32_t sys_accept(int32_t listening);

/* The user id of the process at the other end of a local socket, or -1. */
int64_t sys_peer_user(int32_t socket);

#endif
