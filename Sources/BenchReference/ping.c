/* SPDX-License-Identifier: Apache-2.0
 * Bare ping-pong: what an exchange between two processes costs when nothing is done in it. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench_reference.h"
#include "echo.h"
#include "timing.h"

int bench_pin(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int each = 0; each < CPU_SETSIZE; each++) {
    if (core < 0 || each == core) CPU_SET(each, &set);
  }
  return sched_setaffinity(0, sizeof set, &set) == 0 ? 0 : errno;
}

/* `latency` gets one entry an exchange. */
static int exchange(int socket, int exchanges, int in_flight, uint64_t *latency) {
  struct frame frame;
  memset(&frame, 0x5a, sizeof frame);
  uint64_t *sent = calloc((size_t)exchanges, sizeof *sent);
  if (!sent) return ENOMEM;
  int next = 0, done = 0, failure = 0;
  while (done < exchanges && !failure) {
    while (next < exchanges && next - done < in_flight && !failure) {
      frame.number = (uint32_t)next;
      sent[next++] = now_ns();
      if (send(socket, &frame, sizeof frame, MSG_NOSIGNAL) < 0) failure = errno;
    }
    if (recv(socket, &frame, sizeof frame, 0) != sizeof frame) failure = errno ? errno : EPIPE;
    latency[done++] = now_ns() - sent[frame.number];
  }
  free(sent);
  return failure;
}

int bench_ping(int exchanges, int in_flight, int core, struct bench_ping *out) {
  uint64_t *latency = calloc((size_t)exchanges, sizeof *latency);
  if (!latency) return ENOMEM;
  if (core >= 0) bench_pin(core);
  struct echo echo;
  int failure = echo_start(&echo, 0);
  if (!failure) {
    struct rusage before, after, child;
    getrusage(RUSAGE_THREAD, &before);
    uint64_t began = now_ns();
    failure = exchange(echo.socket, exchanges, in_flight, latency);
    uint64_t took = now_ns() - began;
    getrusage(RUSAGE_THREAD, &after);
    int ended = echo_stop(&echo, &child);
    if (!failure) failure = ended;
    size_t count = (size_t)exchanges;
    sort_u64(latency, count);
    out->p50_us = percentile(latency, count, 0.50) / 1e3;
    out->p99_us = percentile(latency, count, 0.99) / 1e3;
    out->exchanges_per_second = exchanges / ((double)took / 1e9);
    out->cpu_us_per_exchange = (cpu_us(&after) - cpu_us(&before) + cpu_us(&child)) / exchanges;
  }
  if (core >= 0) bench_pin(-1);
  free(latency);
  return failure;
}
