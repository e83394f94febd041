/* SPDX-License-Identifier: Apache-2.0
 * Delays in beanstalkd, a queue that keeps them in memory and in a log. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_reference.h"
#include "timing.h"

enum { BODY = 200, CHUNK = 500, MONTH = 30 * 86400 };

struct peer {
  pid_t pid;
  int socket;
  FILE *in;
};

static int free_port(struct sockaddr_in *address) {
  memset(address, 0, sizeof *address);
  address->sin_family = AF_INET;
  address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof *address;
  int probe = socket(AF_INET, SOCK_STREAM, 0);
  int failed = probe < 0 || bind(probe, (struct sockaddr *)address, size) != 0 ||
               getsockname(probe, (struct sockaddr *)address, &size) != 0;
  close(probe);
  return failed ? errno : 0;
}

/* `sync` is beanstalkd's own option: when it syncs its log. */
static int start(const char *program, const char *folder, const char *sync, struct peer *peer) {
  struct sockaddr_in address;
  int failure = free_port(&address);
  if (failure != 0) return failure;
  char port[8];
  snprintf(port, sizeof port, "%d", ntohs(address.sin_port));
  peer->pid = fork();
  if (peer->pid == 0) {
    /* The bench may run on a thread that blocks signals. */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execl(program, program, "-l", "127.0.0.1", "-p", port, "-b", folder, sync, (char *)NULL);
    _exit(127);
  }
  /* It listens once it has read its log. */
  for (int tries = 0; tries < 6000; tries++) {
    peer->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(peer->socket, (struct sockaddr *)&address, sizeof address) == 0) {
      peer->in = fdopen(peer->socket, "r");
      return 0;
    }
    close(peer->socket);
    usleep(10000);
  }
  kill(peer->pid, SIGKILL);
  waitpid(peer->pid, NULL, 0);
  return ETIMEDOUT;
}

static void stop(struct peer *peer) {
  fclose(peer->in);
  kill(peer->pid, SIGTERM);
  waitpid(peer->pid, NULL, 0);
}

/* Sends all of it; the answers of one chunk fit the socket's buffer. */
static int send_all(struct peer *peer, const char *bytes, size_t size) {
  while (size > 0) {
    ssize_t sent = write(peer->socket, bytes, size);
    if (sent <= 0) return EPIPE;
    bytes += sent;
    size -= (size_t)sent;
  }
  return 0;
}

static int expect(struct peer *peer, const char *word) {
  char line[256];
  if (fgets(line, sizeof line, peer->in) == NULL) return EPIPE;
  return strncmp(line, word, strlen(word)) == 0 ? 0 : EPROTO;
}

static int put(struct peer *peer, int count, int delay_seconds) {
  static char chunk[CHUNK * (BODY + 64)];
  while (count > 0) {
    int now = count < CHUNK ? count : CHUNK;
    size_t size = 0;
    for (int i = 0; i < now; i++) {
      size += (size_t)sprintf(chunk + size, "put 0 %d 60 %d\r\n", delay_seconds, BODY);
      memset(chunk + size, 'x', BODY);
      memcpy(chunk + size + BODY, "\r\n", 2);
      size += BODY + 2;
    }
    int failure = send_all(peer, chunk, size);
    for (int i = 0; i < now && failure == 0; i++) failure = expect(peer, "INSERTED");
    if (failure != 0) return failure;
    count -= now;
  }
  return 0;
}

/* Takes what becomes due, one after the other, and has each one's end logged. */
static int take(struct peer *peer, int count, uint64_t due, uint64_t *late) {
  char line[256];
  for (int i = 0; i < count; i++) {
    unsigned long long id;
    if (send_all(peer, "reserve\r\n", 9) != 0 || fgets(line, sizeof line, peer->in) == NULL)
      return EPIPE;
    uint64_t now = now_ns();
    late[i] = now > due ? now - due : 0;
    if (sscanf(line, "RESERVED %llu", &id) != 1) return EPROTO;
    if (fgets(line, sizeof line, peer->in) == NULL) return EPIPE;
    int size = snprintf(line, sizeof line, "delete %llu\r\n", id);
    if (send_all(peer, line, (size_t)size) != 0) return EPIPE;
    int failure = expect(peer, "DELETED");
    if (failure != 0) return failure;
  }
  return 0;
}

int bench_delays(const char *program, const char *folder, int sleeping, int due, int ahead_s,
                 struct bench_delays *out) {
  if (access(program, X_OK) != 0) return ENOSYS;
  uint64_t *late = calloc((size_t)due, sizeof *late);
  if (late == NULL) return ENOMEM;
  struct peer peer;
  int failure = start(program, folder, "-F", &peer);
  if (failure != 0) goto end;
  failure = put(&peer, sleeping, MONTH);
  if (failure == 0) failure = put(&peer, due, ahead_s);
  uint64_t instant = now_ns() + (uint64_t)ahead_s * 1000000000u;
  stop(&peer);
  if (failure != 0) goto end;
  /* Filled without a sync for each; from here on every write is synced. */
  failure = start(program, folder, "-f0", &peer);
  if (failure != 0) goto end;
  if (now_ns() > instant) failure = ETIME;
  if (failure == 0) failure = take(&peer, due, instant, late);
  stop(&peer);
  if (failure == 0) {
    sort_u64(late, (size_t)due);
    out->late_p50_ms = percentile(late, (size_t)due, 0.5) / 1e6;
    out->late_p99_ms = percentile(late, (size_t)due, 0.99) / 1e6;
    out->last_ms = (double)late[due - 1] / 1e6;
  }
end:
  free(late);
  return failure;
}
