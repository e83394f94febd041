/* SPDX-License-Identifier: Apache-2.0
 *
 * jackfield/draft/listener.h: a plugin that takes HTTP requests in. DRAFT.
 *
 * The host binds the port and hands the listening descriptor over; the listener accepts, parses
 * and keeps each request open until the host has answered it. It runs in a worker of its own
 * profile: it can accept on that one descriptor and do nothing else.
 */
#ifndef JACKFIELD_DRAFT_LISTENER_H
#define JACKFIELD_DRAFT_LISTENER_H

#include "../plugin.h"

JF_BEGIN

typedef struct jf_listener_host jf_listener_host;

/* What the worker hands to `start`. */
struct jf_listener_host {
  uint32_t size;
  uint32_t reserved;
  void *JF_NULLABLE impl; /* the worker's; not for the plugin */

  /* A whole request has come in. `head` is JSON: {method, path, query: text, headers: [[name,
   * value]], peer: text}. The listener keeps the connection until `respond`.
   * Until the worker is ready it waits, so `start` must not wait for it.
   * Thread: [any thread] · Owner: the plugin keeps `head` and `body`
   * Returns: JF_OK; JF_RATE_LIMITED when the host is behind: answer 503 with Retry-After */
  jf_status (*incoming)(const jf_listener_host *host, uint64_t exchange, jf_bytes head,
                        jf_bytes body);
};

/* "jackfield.listener.http/draft", offered by the plugin. */
#define JF_LISTENER_HTTP_INTERFACE "jackfield.listener.http/draft"

typedef struct jf_listener_interface {
  uint32_t size;
  uint32_t reserved;

  /* Starts to accept. `settings` is {max_body_bytes, max_header_bytes, max_connections,
   * idle_timeout_ms, pending_timeout_ms, request_timeout_ms, body_bytes_per_second,
   * crowded_timeout_ms, max_unfinished_per_address}.
   * Thread: [entry thread] · Owner: the worker owns `host`, for the process's life; the
   * descriptor is the listener's to close · Returns: JF_OK or the class of the error */
  jf_status (*start)(jf_instance *JF_NULLABLE instance, const jf_listener_host *host,
                     int32_t listening_fd, int32_t reserved, const jf_value *settings);

  /* Answers a request. `head` is {status, headers: {name: text}}. Unknown numbers (the caller
   * went away) are ignored.
   * Thread: [entry thread] · Owner: dies when it returns: copy · Returns: - */
  void (*respond)(jf_instance *JF_NULLABLE instance, uint64_t exchange, const jf_value *head,
                  jf_bytes body);

  /* Stops to accept, and lets open requests be answered.
   * Thread: [entry thread] · Owner: none · Returns: - */
  void (*stop)(jf_instance *JF_NULLABLE instance);
} jf_listener_interface;

#if UINTPTR_MAX == 0xffffffffffffffffu
JF_STATIC_ASSERT(sizeof(jf_listener_host) == 24, "layout of jf_listener_host");
JF_STATIC_ASSERT(sizeof(jf_listener_interface) == 32, "layout of jackfield.listener/draft");
#endif

JF_END

#endif /* JACKFIELD_DRAFT_LISTENER_H */
