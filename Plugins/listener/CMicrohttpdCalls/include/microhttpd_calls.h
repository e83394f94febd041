/* SPDX-License-Identifier: Apache-2.0
 *
 * microhttpd_calls.h: libmicrohttpd's variadic functions as plain ones, and addresses as text.
 */
#ifndef JACKFIELD_MICROHTTPD_CALLS_H
#define JACKFIELD_MICROHTTPD_CALLS_H

#include <microhttpd.h>
#include <stddef.h>
#include <stdint.h>

/* The callbacks of a daemon; `context` is handed to each. */
typedef struct jf_daemon_callbacks {
  void *context;
  /* A connection was accepted, or is about to be closed: its socket still is its own. */
  void (*connection)(void *context, struct MHD_Connection *connection, void **socket_context,
                     enum MHD_ConnectionNotificationCode event);
  /* The request target as it was sent; what it returns is the request's `exchange`. */
  void *(*target)(void *context, const char *target, struct MHD_Connection *connection);
  enum MHD_Result (*request)(void *context, struct MHD_Connection *connection, const char *url,
                             const char *method, const char *version, const char *upload,
                             size_t *upload_size, void **exchange);
  void (*completed)(void *context, struct MHD_Connection *connection, void **exchange,
                    enum MHD_RequestTerminationCode reason);
} jf_daemon_callbacks;

typedef struct jf_daemon_limits {
  uint32_t connections;
  uint32_t idle_seconds;
  size_t memory_per_connection;
} jf_daemon_limits;

/* Starts a daemon with one epoll thread on a socket that listens already; null when it cannot. */
struct MHD_Daemon *jf_daemon_start(int listening_fd, const jf_daemon_callbacks *callbacks,
                                   const jf_daemon_limits *limits);

/* The peer of a connection as "1.2.3.4:5" or "[::1]:5"; empty when there is none. */
void jf_connection_peer(struct MHD_Connection *connection, char *out, size_t capacity);

/* What stands for the peer's network: an IPv4 address, or the first half of an IPv6 address, as
 * whoever has one of those has them all. */
uint64_t jf_connection_address(struct MHD_Connection *connection);

/* The connection's socket, or -1. */
int jf_connection_socket(struct MHD_Connection *connection);

/* How many bytes the request line and the headers have. */
size_t jf_connection_header_bytes(struct MHD_Connection *connection);

/* Names the calling thread. */
void jf_name_listener_thread(const char *name);

#endif /* JACKFIELD_MICROHTTPD_CALLS_H */
