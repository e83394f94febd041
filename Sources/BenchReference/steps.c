/* SPDX-License-Identifier: Apache-2.0
 * Bare durable steps: an echo process, the same rows, group commit; no engine, no checks. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/socket.h>

#include "bench_reference.h"
#include "database.h"
#include "echo.h"
#include "timing.h"

enum { steps_per_run = 5, most_in_flight = 1024 };

struct slot {
  int run;
  int step;
  uint64_t began;
};

struct bench {
  sqlite3 *db;
  sqlite3_stmt *begin, *commit, *insert_run, *insert_step, *update_run;
  int socket;
  struct slot slots[most_in_flight];
  uint32_t to_send[most_in_flight]; /* slots whose next frame may leave */
  int to_send_count;
  uint64_t *latency;
  int runs, started, finished;
  uint64_t commits;
};

static const char *const schema =
    "CREATE TABLE run (id INTEGER PRIMARY KEY, state INTEGER, position INTEGER, event BLOB);"
    "CREATE TABLE step (id INTEGER PRIMARY KEY, run INTEGER, position INTEGER, outcome BLOB);"
    "CREATE INDEX step_by_run ON step (run, position);";

static int open_bench(struct bench *bench, const char *path) {
  bench->db = database_open(path, schema);
  if (!bench->db) return EIO;
  bench->begin = database_prepare(bench->db, "BEGIN IMMEDIATE");
  bench->commit = database_prepare(bench->db, "COMMIT");
  bench->insert_run =
      database_prepare(bench->db, "INSERT INTO run (id, state, position, event) VALUES (?,0,0,?)");
  bench->insert_step =
      database_prepare(bench->db, "INSERT INTO step (run, position, outcome) VALUES (?,?,?)");
  bench->update_run =
      database_prepare(bench->db, "UPDATE run SET position = ?, state = ? WHERE id = ?");
  return bench->begin && bench->commit && bench->insert_run && bench->insert_step &&
                 bench->update_run
             ? 0
             : EIO;
}

static void close_bench(struct bench *bench) {
  sqlite3_finalize(bench->begin);
  sqlite3_finalize(bench->commit);
  sqlite3_finalize(bench->insert_run);
  sqlite3_finalize(bench->insert_step);
  sqlite3_finalize(bench->update_run);
  sqlite3_close(bench->db);
}

/* The runs exist before the clock starts, as accepted events do. */
static int insert_runs(struct bench *bench) {
  uint8_t event[200];
  memset(event, 'e', sizeof event);
  int failure = database_step(bench->begin);
  for (int run = 0; run < bench->runs && !failure; run++) {
    sqlite3_bind_int(bench->insert_run, 1, run);
    sqlite3_bind_blob(bench->insert_run, 2, event, sizeof event, SQLITE_STATIC);
    failure = database_step(bench->insert_run);
  }
  int committed = database_step(bench->commit);
  return failure ? failure : committed;
}

/* Puts a new run into the slot, if one is left. */
static void start_run(struct bench *bench, uint32_t slot) {
  if (bench->started == bench->runs) return;
  bench->slots[slot] = (struct slot){.run = bench->started++, .step = 0, .began = now_ns()};
  bench->to_send[bench->to_send_count++] = slot;
}

static int send_ready(struct bench *bench) {
  struct frame frame;
  memset(&frame, 0x5a, sizeof frame);
  while (bench->to_send_count > 0) {
    frame.number = bench->to_send[bench->to_send_count - 1];
    if (send(bench->socket, &frame, sizeof frame, MSG_NOSIGNAL) < 0) {
      return errno == EAGAIN ? 0 : errno;
    }
    bench->to_send_count--;
  }
  return 0;
}

/* Takes up to `batch` answers that are there; -1 on an error. */
static int receive(struct bench *bench, struct frame *frames, int batch) {
  int count = 0;
  while (count < batch) {
    ssize_t size = recv(bench->socket, &frames[count], sizeof frames[count], 0);
    if (size == (ssize_t)sizeof frames[count]) {
      count++;
    } else {
      return size < 0 && errno == EAGAIN ? count : -1;
    }
  }
  return count;
}

static int record(struct bench *bench, const struct frame *frame) {
  struct slot *slot = &bench->slots[frame->number];
  slot->step++;
  sqlite3_bind_int(bench->insert_step, 1, slot->run);
  sqlite3_bind_int(bench->insert_step, 2, slot->step);
  sqlite3_bind_blob(bench->insert_step, 3, frame->rest, 200, SQLITE_STATIC);
  int failure = database_step(bench->insert_step);
  if (failure) return failure;
  sqlite3_bind_int(bench->update_run, 1, slot->step);
  sqlite3_bind_int(bench->update_run, 2, slot->step == steps_per_run);
  sqlite3_bind_int(bench->update_run, 3, slot->run);
  return database_step(bench->update_run);
}

/* After the commit: what depended on it may leave. */
static void advance(struct bench *bench, const struct frame *frame) {
  struct slot *slot = &bench->slots[frame->number];
  if (slot->step < steps_per_run) {
    bench->to_send[bench->to_send_count++] = frame->number;
    return;
  }
  bench->latency[bench->finished++] = now_ns() - slot->began;
  start_run(bench, frame->number);
}

static int run_all(struct bench *bench, int batch, struct frame *frames) {
  while (bench->finished < bench->runs) {
    int failure = send_ready(bench);
    if (failure) return failure;
    int count = receive(bench, frames, batch);
    if (count < 0) return EPIPE;
    if (count == 0) {
      short events = bench->to_send_count > 0 ? POLLIN | POLLOUT : POLLIN;
      struct pollfd wait = {.fd = bench->socket, .events = events};
      poll(&wait, 1, -1);
      continue;
    }
    failure = database_step(bench->begin);
    for (int index = 0; index < count && !failure; index++) {
      failure = record(bench, &frames[index]);
    }
    if (!failure) failure = database_step(bench->commit);
    if (failure) return failure;
    bench->commits++;
    for (int index = 0; index < count; index++) advance(bench, &frames[index]);
  }
  return 0;
}

static int measure(struct bench *bench, int in_flight, int batch, struct bench_steps *out) {
  struct frame *frames = calloc((size_t)batch, sizeof *frames);
  struct echo echo;
  int failure = frames ? echo_start(&echo, 1) : ENOMEM;
  if (failure) {
    free(frames);
    return failure;
  }
  bench->socket = echo.socket;
  struct rusage before, after, child;
  getrusage(RUSAGE_THREAD, &before);
  uint64_t began = now_ns();
  for (int slot = 0; slot < in_flight; slot++) start_run(bench, (uint32_t)slot);
  failure = run_all(bench, batch, frames);
  double seconds = (double)(now_ns() - began) / 1e9;
  getrusage(RUSAGE_THREAD, &after);
  int ended = echo_stop(&echo, &child);
  double steps = (double)bench->runs * steps_per_run;
  size_t count = (size_t)bench->finished;
  sort_u64(bench->latency, count);
  out->steps_per_second = steps / seconds;
  out->run_p50_ms = percentile(bench->latency, count, 0.50) / 1e6;
  out->run_p99_ms = percentile(bench->latency, count, 0.99) / 1e6;
  out->cpu_us_per_step = (cpu_us(&after) - cpu_us(&before) + cpu_us(&child)) / steps;
  out->commits = bench->commits;
  free(frames);
  return failure ? failure : ended;
}

int bench_steps(const char *database, int runs, int in_flight, int batch, struct bench_steps *out) {
  if (in_flight > most_in_flight) return EINVAL;
  struct bench *bench = calloc(1, sizeof *bench);
  if (!bench) return ENOMEM;
  bench->runs = runs;
  bench->latency = calloc((size_t)runs, sizeof *bench->latency);
  int failure = bench->latency ? open_bench(bench, database) : ENOMEM;
  if (!failure) failure = insert_runs(bench);
  if (!failure) failure = measure(bench, in_flight, batch, out);
  close_bench(bench);
  free(bench->latency);
  free(bench);
  return failure;
}
