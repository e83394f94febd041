/* SPDX-License-Identifier: Apache-2.0
 *
 * What the bench compares with: the same work done by the shortest C that does it, no more.
 * Every function runs to its end on the calling thread and returns 0, or an errno. */
#ifndef BENCH_REFERENCE_H
#define BENCH_REFERENCE_H

#include <stdint.h>

/* Durable steps: `runs` runs of 5 steps, `in_flight` at a time. A step is one frame of 216 bytes to
 * a forked echo process and back, then one row inserted and one updated; at most `batch` steps
 * share a commit, and a run's next step leaves only after it. WAL, synchronous=FULL. */
struct bench_steps {
  double steps_per_second;
  double run_p50_ms; /* from a run's first frame to the commit of its last step */
  double run_p99_ms;
  double cpu_us_per_step; /* both processes */
  uint64_t commits;
};
int bench_steps(const char *database, int runs, int in_flight, int batch, struct bench_steps *out);

/* Ping-pong: `exchanges` frames of 216 bytes over a SOCK_SEQPACKET pair to a forked process and
 * back, `in_flight` at a time; `core` >= 0 pins both processes to that core. */
struct bench_ping {
  double p50_us;
  double p99_us;
  double exchanges_per_second;
  double cpu_us_per_exchange; /* both processes */
};
int bench_ping(int exchanges, int in_flight, int core, struct bench_ping *out);

/* Pins the calling thread, and what it starts from then on, to one core; -1 takes the pin off. */
int bench_pin(int core);

/* A bare process: `count` times a program is started and waited for, one after the other; the
 * median time of one. */
int bench_spawn(const char *program, int count, double *ms);

/* Starts `count` processes that compute until they are stopped, each in the kernel's idle class, in
 * a session of its own whose group has the least weight: the least that computing costs others. */
int bench_burn_start(int count, int *pids);
void bench_burn_stop(int count, const int *pids);

/* A bare call into a shared object: dlopen, dlsym, then `calls` calls of `symbol`, a function
 * `uint64_t (const uint8_t *, uint64_t, uint8_t *)` that copies 200 bytes. */
int bench_dlcall(const char *library, const char *symbol, int calls, double *ns_per_call);

/* A bare listener: libmicrohttpd on a free port of the loopback, each POST an event, a run and a
 * dedupe row, group commit by one writer thread, 202 from after the commit. ENOSYS where the
 * library was absent at build time. `stop` ends it and frees it. */
struct bench_listener;
int bench_listener_start(const char *database, struct bench_listener **out, int *port);
void bench_listener_stop(struct bench_listener *listener);

/* Load: `connections` kept-alive connections, each with one request outstanding, `requests` in all.
 * `head` is everything up to the empty line but Content-Length; `body` is sent as it is, its first
 * run of 16 zeros replaced by the request's number, so that no two are alike. `per_second` > 0
 * paces the requests evenly, and latency then counts from when a request was due. */
struct bench_load {
  double requests_per_second;
  double p50_ms;
  double p99_ms;
  uint64_t refused; /* answered with anything but 2xx */
};
int bench_load(int port, const char *head, const char *body, int connections, int requests,
               double per_second, struct bench_load *out);

/* A slow server on a free port of the loopback: each request is answered as long after it came as
 * `delay` said while none waited, at first at once; at most `most` wait. `waiting` counts them;
 * `stop` ends it and frees it. */
struct bench_slow;
int bench_slow_start(int most, struct bench_slow **out, int *port);
void bench_slow_delay(struct bench_slow *slow, int delay_ms);
int bench_slow_waiting(struct bench_slow *slow);
void bench_slow_stop(struct bench_slow *slow);

/* Delays in beanstalkd, the program at `program`, with its log in `folder`: `sleeping` that are due
 * in a month, then `due` that are due at one instant `ahead_s` seconds after they were put. Every
 * write is synced from before that instant on; one client takes and deletes them one by one. How
 * late each was handed out; ENOSYS where the program is not installed. */
struct bench_delays {
  double late_p50_ms;
  double late_p99_ms;
  double last_ms;
};
int bench_delays(const char *program, const char *folder, int sleeping, int due, int ahead_s,
                 struct bench_delays *out);

#endif
