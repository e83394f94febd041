/* SPDX-License-Identifier: Apache-2.0
 * An HTTP server that takes its time: each request is answered a while after it came, on one thread,
 * in the order they came. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench_reference.h"
#include "timing.h"

struct due {
  uint64_t at_ns;
  int connection;
};

struct bench_slow {
  int listening, events;
  int most;
  struct due *ring; /* those that wait, in the order they are due */
  unsigned first, last;
  atomic_int delay_ms, waiting, is_stopping;
  pthread_t thread;
};

/* What a chat server and a provider of messages say, each message with an id of its own. */
static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                             "Content-Length: 81\r\n\r\n"
                             "{\"choices\":[{\"message\":{\"content\":\"ok\"}}],"
                             "\"messages\":[{\"id\":\"wamid.%010u\"}]}";

static void take_connections(struct bench_slow *slow) {
  for (int fd; (fd = accept4(slow->listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(slow->events, EPOLL_CTL_ADD, fd, &event);
  }
}

/* A request of the bench is small: it comes whole. */
static void take_request(struct bench_slow *slow, int connection) {
  char request[4096];
  ssize_t size = read(connection, request, sizeof request);
  if (size < 0 && errno == EAGAIN) return;
  if (size <= 0 || (int)(slow->last - slow->first) >= slow->most) {
    close(connection);
    return;
  }
  struct due *due = &slow->ring[slow->last++ % (unsigned)slow->most];
  *due = (struct due){now_ns() + (uint64_t)atomic_load(&slow->delay_ms) * 1000000, connection};
  atomic_fetch_add(&slow->waiting, 1);
}

static int answer_due(struct bench_slow *slow) {
  while (slow->first != slow->last) {
    struct due *due = &slow->ring[slow->first % (unsigned)slow->most];
    uint64_t now = now_ns();
    if (due->at_ns > now) return (int)((due->at_ns - now) / 1000000) + 1;
    char text[sizeof answer + 16];
    int size = snprintf(text, sizeof text, answer, slow->first);
    (void)!write(due->connection, text, (size_t)size);
    slow->first++;
    atomic_fetch_sub(&slow->waiting, 1);
  }
  return 50;
}

static void *serve(void *argument) {
  struct bench_slow *slow = argument;
  struct epoll_event events[256];
  while (!atomic_load(&slow->is_stopping)) {
    int count = epoll_wait(slow->events, events, 256, answer_due(slow));
    for (int i = 0; i < count; i++) {
      if (events[i].data.fd == slow->listening) take_connections(slow);
      else take_request(slow, events[i].data.fd);
    }
  }
  return NULL;
}

int bench_slow_start(int most, struct bench_slow **out, int *port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  struct bench_slow *slow = calloc(1, sizeof *slow);
  if (!slow) return ENOMEM;
  slow->most = most;
  slow->ring = calloc((size_t)most, sizeof *slow->ring);
  slow->listening = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  slow->events = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = slow->listening};
  if (!slow->ring || bind(slow->listening, (struct sockaddr *)&address, size) != 0 ||
      listen(slow->listening, most) != 0 ||
      getsockname(slow->listening, (struct sockaddr *)&address, &size) != 0 ||
      epoll_ctl(slow->events, EPOLL_CTL_ADD, slow->listening, &event) != 0 ||
      pthread_create(&slow->thread, NULL, serve, slow) != 0)
    return errno ? errno : EIO;
  *port = ntohs(address.sin_port);
  *out = slow;
  return 0;
}

void bench_slow_delay(struct bench_slow *slow, int delay_ms) {
  atomic_store(&slow->delay_ms, delay_ms);
}

int bench_slow_waiting(struct bench_slow *slow) { return atomic_load(&slow->waiting); }

/* Its connections go with the process. */
void bench_slow_stop(struct bench_slow *slow) {
  atomic_store(&slow->is_stopping, 1);
  pthread_join(slow->thread, NULL);
  close(slow->listening);
  close(slow->events);
  free(slow->ring);
  free(slow);
}
