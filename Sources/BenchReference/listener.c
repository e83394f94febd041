/* SPDX-License-Identifier: Apache-2.0
 * A bare durable listener: libmicrohttpd in front, one writer thread with group commit behind. */
#define _GNU_SOURCE
#include <errno.h>

#include "bench_reference.h"

#ifndef BENCH_HAS_MICROHTTPD

int bench_listener_start(const char *database, struct bench_listener **out, int *port) {
  (void)database, (void)out, (void)port;
  return ENOSYS;
}

void bench_listener_stop(struct bench_listener *listener) { (void)listener; }

#else

#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"

enum { body_room = 65536 };

struct request {
  struct MHD_Connection *connection;
  struct request *next;
  size_t size;
  sqlite3_int64 run; /* 0 until committed */
  char body[body_room];
};

struct bench_listener {
  struct MHD_Daemon *daemon;
  sqlite3 *db;
  sqlite3_stmt *begin, *commit, *insert_event, *insert_run, *insert_dedupe;
  pthread_t writer;
  pthread_mutex_t lock;
  pthread_cond_t arrived;
  struct request *pending; /* newest first */
  int stopping;
};

static const char *const schema =
    "CREATE TABLE event (id INTEGER PRIMARY KEY, connector INTEGER, received INTEGER, body BLOB);"
    "CREATE TABLE run (id INTEGER PRIMARY KEY, event INTEGER, state INTEGER, position INTEGER);"
    "CREATE INDEX run_ready ON run (state, id) WHERE state = 0;"
    "CREATE TABLE dedupe (key BLOB PRIMARY KEY, run INTEGER, expires INTEGER) WITHOUT ROWID;";

static int accept_event(struct bench_listener *listener, struct request *request) {
  sqlite3_bind_int(listener->insert_event, 1, 1);
  sqlite3_bind_int64(listener->insert_event, 2, 1795360000);
  sqlite3_bind_blob(listener->insert_event, 3, request->body, (int)request->size, SQLITE_STATIC);
  if (database_step(listener->insert_event)) return EIO;
  sqlite3_bind_int64(listener->insert_run, 1, sqlite3_last_insert_rowid(listener->db));
  if (database_step(listener->insert_run)) return EIO;
  request->run = sqlite3_last_insert_rowid(listener->db);
  uint8_t key[16];
  sqlite3_randomness(sizeof key, key);
  sqlite3_bind_blob(listener->insert_dedupe, 1, key, sizeof key, SQLITE_STATIC);
  sqlite3_bind_int64(listener->insert_dedupe, 2, request->run);
  sqlite3_bind_int64(listener->insert_dedupe, 3, 1795960000);
  return database_step(listener->insert_dedupe);
}

/* One commit for all that came while the last one was written. */
static void *write_batches(void *argument) {
  struct bench_listener *listener = argument;
  for (;;) {
    pthread_mutex_lock(&listener->lock);
    while (!listener->pending && !listener->stopping) {
      pthread_cond_wait(&listener->arrived, &listener->lock);
    }
    struct request *batch = listener->pending;
    listener->pending = NULL;
    pthread_mutex_unlock(&listener->lock);
    if (!batch) return NULL;
    int failure = database_step(listener->begin);
    for (struct request *each = batch; each && !failure; each = each->next) {
      failure = accept_event(listener, each);
    }
    if (failure || database_step(listener->commit)) abort(); /* a bench with no disk is no bench */
    while (batch) {
      struct request *next = batch->next; /* after the resume it belongs to the other thread */
      MHD_resume_connection(batch->connection);
      batch = next;
    }
  }
}

static enum MHD_Result answer(struct request *request) {
  char text[64];
  int size = snprintf(text, sizeof text, "{\"run\":\"%lld\"}", (long long)request->run);
  struct MHD_Response *response =
      MHD_create_response_from_buffer((size_t)size, text, MHD_RESPMEM_MUST_COPY);
  MHD_add_response_header(response, "Content-Type", "application/json");
  enum MHD_Result result = MHD_queue_response(request->connection, MHD_HTTP_ACCEPTED, response);
  MHD_destroy_response(response);
  return result;
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **state) {
  (void)url, (void)method, (void)version;
  struct bench_listener *listener = cls;
  struct request *request = *state;
  if (!request) {
    request = malloc(sizeof *request);
    if (!request) return MHD_NO;
    request->connection = connection;
    request->size = 0;
    request->run = 0;
    *state = request;
    return MHD_YES;
  }
  if (*size > 0) {
    if (request->size + *size > body_room) return MHD_NO;
    memcpy(request->body + request->size, data, *size);
    request->size += *size;
    *size = 0;
    return MHD_YES;
  }
  if (request->run != 0) return answer(request);
  MHD_suspend_connection(connection);
  pthread_mutex_lock(&listener->lock);
  request->next = listener->pending;
  listener->pending = request;
  pthread_cond_signal(&listener->arrived);
  pthread_mutex_unlock(&listener->lock);
  return MHD_YES;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code) {
  (void)cls, (void)connection, (void)code;
  free(*state);
  *state = NULL;
}

static int open_database(struct bench_listener *listener, const char *path) {
  listener->db = database_open(path, schema);
  if (!listener->db) return EIO;
  listener->begin = database_prepare(listener->db, "BEGIN IMMEDIATE");
  listener->commit = database_prepare(listener->db, "COMMIT");
  listener->insert_event = database_prepare(
      listener->db, "INSERT INTO event (connector, received, body) VALUES (?,?,?)");
  listener->insert_run =
      database_prepare(listener->db, "INSERT INTO run (event, state, position) VALUES (?,0,0)");
  listener->insert_dedupe =
      database_prepare(listener->db, "INSERT INTO dedupe (key, run, expires) VALUES (?,?,?)");
  return 0;
}

static void close_database(struct bench_listener *listener) {
  sqlite3_finalize(listener->begin);
  sqlite3_finalize(listener->commit);
  sqlite3_finalize(listener->insert_event);
  sqlite3_finalize(listener->insert_run);
  sqlite3_finalize(listener->insert_dedupe);
  sqlite3_close(listener->db);
}

int bench_listener_start(const char *database, struct bench_listener **out, int *port) {
  struct bench_listener *listener = calloc(1, sizeof *listener);
  if (!listener) return ENOMEM;
  pthread_mutex_init(&listener->lock, NULL);
  pthread_cond_init(&listener->arrived, NULL);
  int failure = open_database(listener, database);
  if (!failure) failure = pthread_create(&listener->writer, NULL, write_batches, listener);
  if (failure) {
    close_database(listener);
    free(listener);
    return failure;
  }
  listener->daemon = MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request,
      listener, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_END);
  if (!listener->daemon) {
    bench_listener_stop(listener);
    return EIO;
  }
  *port = MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
  *out = listener;
  return 0;
}

void bench_listener_stop(struct bench_listener *listener) {
  pthread_mutex_lock(&listener->lock);
  listener->stopping = 1;
  pthread_cond_signal(&listener->arrived);
  pthread_mutex_unlock(&listener->lock);
  pthread_join(listener->writer, NULL);
  if (listener->daemon) MHD_stop_daemon(listener->daemon);
  close_database(listener);
  pthread_mutex_destroy(&listener->lock);
  pthread_cond_destroy(&listener->arrived);
  free(listener);
}

#endif
