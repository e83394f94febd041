/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "control.h"

#include <sys/socket.h>

int32_t sys_accept(int32_t listening) { return accept4(listening, 0, 0, SOCK_CLOEXEC); }

int64_t sys_peer_user(int32_t socket) {
  struct ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return -1;
  return (int64_t)peer.uid;
}
