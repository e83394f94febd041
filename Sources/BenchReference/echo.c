/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "echo.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void answer_until_closed(int socket) {
  struct frame frame;
  for (;;) {
    ssize_t size = recv(socket, &frame, sizeof frame, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) _exit(0);
    if (send(socket, &frame, (size_t)size, MSG_NOSIGNAL) < 0) _exit(0);
  }
}

int echo_start(struct echo *echo, int nonblocking) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return errno;
  int room = 1 << 20;
  for (int side = 0; side < 2; side++) {
    setsockopt(pair[side], SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  }
  pid_t parent = getpid();
  echo->pid = fork();
  if (echo->pid < 0) {
    int failure = errno;
    close(pair[0]);
    close(pair[1]);
    return failure;
  }
  if (echo->pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(0);
    close(pair[0]);
    answer_until_closed(pair[1]);
  }
  close(pair[1]);
  echo->socket = pair[0];
  if (nonblocking) fcntl(pair[0], F_SETFL, O_NONBLOCK);
  return 0;
}

int echo_stop(struct echo *echo, struct rusage *usage) {
  close(echo->socket);
  int status;
  while (wait4(echo->pid, &status, 0, usage) < 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}
