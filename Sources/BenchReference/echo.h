/* SPDX-License-Identifier: Apache-2.0
 * The forked process that sends every frame back. */
#ifndef BENCH_ECHO_H
#define BENCH_ECHO_H

#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

/* 16 bytes of header, 200 of payload: what the host and a worker exchange for a small step. */
struct frame {
  uint32_t number;
  uint8_t rest[212];
};

struct echo {
  pid_t pid;
  int socket; /* ours, SOCK_SEQPACKET, non-blocking when asked for */
};

/* Forks it. The child does nothing but recv and send, so a fork from a threaded process is fine. */
int echo_start(struct echo *echo, int nonblocking);

/* Closes the socket, which ends the child, and reaps it with what it used. */
int echo_stop(struct echo *echo, struct rusage *usage);

#endif
