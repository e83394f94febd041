/* SPDX-License-Identifier: Apache-2.0
 * A load generator: one thread, one epoll, kept-alive connections. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "bench_reference.h"
#include "timing.h"

enum { response_room = 4096, most_connections = 1024 };

struct connection {
  int socket;
  uint64_t due; /* when its request should have left; 0: idle */
  size_t received;
  char response[response_room + 1];
};

struct load {
  int epoll;
  struct connection *connections;
  int count;
  char *request;
  size_t request_size;
  char *number; /* the 16 digits inside the request, or null */
  int requests, started, finished;
  double interval_ns; /* between two requests; 0: as fast as answers come */
  uint64_t began;
  uint64_t *latency;
  uint64_t refused;
};

static int connect_one(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
    if (fd >= 0) close(fd);
    return -1;
  }
  int yes = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

static int open_connections(struct load *load, int port) {
  load->epoll = epoll_create1(EPOLL_CLOEXEC);
  for (int index = 0; index < load->count; index++) {
    struct connection *connection = &load->connections[index];
    connection->socket = connect_one(port);
    if (connection->socket < 0) return errno ? errno : ECONNREFUSED;
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
    epoll_ctl(load->epoll, EPOLL_CTL_ADD, connection->socket, &event);
  }
  return 0;
}

static void write_request(struct load *load, const char *head, const char *body) {
  load->request_size = (size_t)asprintf(&load->request, "%s\r\nContent-Length: %zu\r\n\r\n%s",
                                        head, strlen(body), body);
  load->number = strstr(load->request, "0000000000000000");
}

static uint64_t due_time(const struct load *load, int request) {
  return load->began + (uint64_t)(load->interval_ns * request);
}

/* Sends the next request on an idle connection. A request is far smaller than a socket's buffer,
 * so a partial send is an error here. */
static int start_request(struct load *load, struct connection *connection) {
  if (load->number) {
    char digits[17];
    snprintf(digits, sizeof digits, "%016d", load->started);
    memcpy(load->number, digits, 16);
  }
  uint64_t now = now_ns();
  connection->due = load->interval_ns > 0 ? due_time(load, load->started) : now;
  connection->received = 0;
  load->started++;
  ssize_t sent = send(connection->socket, load->request, load->request_size, MSG_NOSIGNAL);
  return sent == (ssize_t)load->request_size ? 0 : EPIPE;
}

/* Whether another request may leave now. */
static int may_start(const struct load *load) {
  if (load->started >= load->requests) return 0;
  return load->interval_ns <= 0 || due_time(load, load->started) <= now_ns();
}

/* 0: not whole yet; else the status. */
static int whole_response(const struct connection *connection) {
  const char *end = strstr(connection->response, "\r\n\r\n");
  if (!end) return 0;
  size_t body = 0;
  for (const char *line = connection->response; line < end; line = strstr(line, "\r\n") + 2) {
    if (strncasecmp(line, "content-length:", 15) == 0) body = strtoul(line + 15, NULL, 10);
  }
  if (connection->received < (size_t)(end + 4 - connection->response) + body) return 0;
  int status = 0;
  sscanf(connection->response, "HTTP/1.%*d %d", &status);
  return status;
}

static int take_response(struct load *load, struct connection *connection) {
  ssize_t size = recv(connection->socket, connection->response + connection->received,
                      response_room - connection->received, 0);
  if (size < 0 && errno == EAGAIN) return 0;
  if (size <= 0) return ECONNRESET;
  connection->received += (size_t)size;
  connection->response[connection->received] = 0;
  int status = whole_response(connection);
  if (status == 0) return connection->received < response_room ? 0 : EMSGSIZE;
  load->latency[load->finished++] = now_ns() - connection->due;
  if (status < 200 || status > 299) load->refused++;
  connection->due = 0;
  return 0;
}

static int fill_idle(struct load *load) {
  for (int index = 0; index < load->count && may_start(load); index++) {
    if (load->connections[index].due != 0) continue;
    int failure = start_request(load, &load->connections[index]);
    if (failure) return failure;
  }
  return 0;
}

static int wait_for_answers(struct load *load) {
  struct epoll_event events[64];
  struct timespec wait = {.tv_sec = 10};
  int is_paced = load->interval_ns > 0 && load->started < load->requests;
  if (is_paced) {
    uint64_t due = due_time(load, load->started), now = now_ns();
    uint64_t left = due > now ? due - now : 0;
    /* Late, with every connection busy: an answer must come first. */
    wait = (struct timespec){.tv_sec = 0, .tv_nsec = left ? (long)(left % 999999999) : 1000000};
  }
  int count = epoll_pwait2(load->epoll, events, 64, &wait, NULL);
  if (count == 0 && !is_paced) return ETIMEDOUT;
  for (int index = 0; index < count; index++) {
    int failure = take_response(load, events[index].data.ptr);
    if (failure) return failure;
  }
  return 0;
}

static void summarise(struct load *load, struct bench_load *out) {
  double seconds = (double)(now_ns() - load->began) / 1e9;
  size_t count = (size_t)load->finished;
  sort_u64(load->latency, count);
  out->requests_per_second = load->finished / seconds;
  out->p50_ms = percentile(load->latency, count, 0.50) / 1e6;
  out->p99_ms = percentile(load->latency, count, 0.99) / 1e6;
  out->refused = load->refused;
}

int bench_load(int port, const char *head, const char *body, int connections, int requests,
               double per_second, struct bench_load *out) {
  if (connections > most_connections) return EINVAL;
  struct load load = {.count = connections, .requests = requests};
  load.interval_ns = per_second > 0 ? 1e9 / per_second : 0;
  load.connections = calloc((size_t)connections, sizeof *load.connections);
  load.latency = calloc((size_t)requests, sizeof *load.latency);
  write_request(&load, head, body);
  int failure = open_connections(&load, port);
  load.began = now_ns();
  while (!failure && load.finished < requests) {
    failure = fill_idle(&load);
    if (!failure) failure = wait_for_answers(&load);
  }
  summarise(&load, out);
  for (int index = 0; index < connections; index++) {
    if (load.connections[index].socket > 0) close(load.connections[index].socket);
  }
  close(load.epoll);
  free(load.connections);
  free(load.latency);
  free(load.request);
  return failure;
}
