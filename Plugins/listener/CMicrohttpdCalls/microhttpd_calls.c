/* SPDX-License-Identifier: Apache-2.0
 *
 * microhttpd_calls.c: see microhttpd_calls.h.
 */
#define _GNU_SOURCE
#include "microhttpd_calls.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* The target and the query stay as they were sent: the host decodes them, once. */
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text) {
  (void)context;
  (void)connection;
  size_t length = 0;
  while (text[length] != '\0') length++;
  return length;
}

/* libmicrohttpd writes about every bad request to stderr; a stranger could fill the log. */
static void no_log(void *context, const char *format, va_list arguments) {
  (void)context;
  (void)format;
  (void)arguments;
}

struct MHD_Daemon *jf_daemon_start(int listening_fd, const jf_daemon_callbacks *callbacks,
                                   const jf_daemon_limits *limits) {
  return MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL,
      callbacks->request, callbacks->context,
      MHD_OPTION_EXTERNAL_LOGGER, no_log, NULL,
      MHD_OPTION_LISTEN_SOCKET, (MHD_socket)listening_fd,
      MHD_OPTION_URI_LOG_CALLBACK, callbacks->target, callbacks->context,
      MHD_OPTION_NOTIFY_CONNECTION, callbacks->connection, callbacks->context,
      MHD_OPTION_NOTIFY_COMPLETED, callbacks->completed, callbacks->context,
      MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
      MHD_OPTION_STRICT_FOR_CLIENT, 1,
      MHD_OPTION_CONNECTION_LIMIT, (unsigned int)limits->connections,
      MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)limits->idle_seconds,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, limits->memory_per_connection,
      MHD_OPTION_END);
}

void jf_connection_peer(struct MHD_Connection *connection, char *out, size_t capacity) {
  out[0] = '\0';
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  if (info == NULL || info->client_addr == NULL) return;
  char address[INET6_ADDRSTRLEN];
  if (info->client_addr->sa_family == AF_INET) {
    const struct sockaddr_in *in = (const struct sockaddr_in *)info->client_addr;
    inet_ntop(AF_INET, &in->sin_addr, address, sizeof address);
    snprintf(out, capacity, "%s:%u", address, (unsigned)ntohs(in->sin_port));
  } else if (info->client_addr->sa_family == AF_INET6) {
    const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)info->client_addr;
    inet_ntop(AF_INET6, &in->sin6_addr, address, sizeof address);
    snprintf(out, capacity, "[%s]:%u", address, (unsigned)ntohs(in->sin6_port));
  }
}

uint64_t jf_connection_address(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  if (info == NULL || info->client_addr == NULL) return 0;
  if (info->client_addr->sa_family == AF_INET) {
    return ((const struct sockaddr_in *)info->client_addr)->sin_addr.s_addr;
  }
  if (info->client_addr->sa_family != AF_INET6) return 0;
  const struct in6_addr *in6 = &((const struct sockaddr_in6 *)info->client_addr)->sin6_addr;
  uint64_t half = 0;
  memcpy(&half, in6->s6_addr + (IN6_IS_ADDR_V4MAPPED(in6) ? 8 : 0), sizeof half);
  return half;
}

int jf_connection_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info == NULL ? -1 : (int)info->connect_fd;
}

size_t jf_connection_header_bytes(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
  return info == NULL ? 0 : info->header_size;
}

void jf_name_listener_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
