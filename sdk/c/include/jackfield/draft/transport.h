/* SPDX-License-Identifier: Apache-2.0
 *
 * jackfield/draft/transport.h: a plugin that carries requests to the outside world. DRAFT.
 *
 * A transport runs in a worker of its own profile: sockets, no actions. It is asynchronous: the
 * worker submits exchanges from its reading thread; the transport owns a thread of its own and
 * reports through `jf_transport_host`. Thousands may be open at once.
 *
 * The two reports decide what is known after a crash, so their order is the contract:
 *   `left`      is called before the first byte of a request (HTTP), or before the dot that ends
 *               a mail's data (SMTP), can reach the peer. Once per exchange, also over redirects.
 *   `answered`  ends the exchange, exactly once, with a response or with an error.
 * After `abort` the transport must end the exchange within a second.
 */
#ifndef JACKFIELD_DRAFT_TRANSPORT_H
#define JACKFIELD_DRAFT_TRANSPORT_H

#include "../plugin.h"

JF_BEGIN

typedef struct jf_transport_host jf_transport_host;

/* What the worker hands to `start`. */
struct jf_transport_host {
  uint32_t size;
  uint32_t reserved;
  void *JF_NULLABLE impl; /* the worker's; not for the plugin */

  /* The request is about to reach the peer.
   * Thread: [any thread] · Owner: none · Returns: - */
  void (*left)(const jf_transport_host *host, uint64_t exchange);

  /* The exchange has ended.
   * `head` is JSON: {status, headers: {name: text}, url, elapsed_ms, hops?: ["host:port"]} for
   * HTTP, `hops` being where redirects led,
   * {message_id, reply, accepted: [text]} for mail, or, for an error,
   * {error: {class, code, message, provider_code?}, left: boolean}. Scrubbed of every secret.
   * Thread: [any thread] · Owner: the plugin keeps `head` and `body` · Returns: - */
  void (*answered)(const jf_transport_host *host, uint64_t exchange, jf_bytes head, jf_bytes body);
};

/* "jackfield.transport.http/draft" and "jackfield.transport.mail/draft", by the plugin. */
#define JF_TRANSPORT_HTTP_INTERFACE "jackfield.transport.http/draft"
#define JF_TRANSPORT_MAIL_INTERFACE "jackfield.transport.mail/draft"

typedef struct jf_transport_interface {
  uint32_t size;
  uint32_t reserved;

  /* Starts the transport's thread.
   * Thread: [entry thread] · Owner: the worker owns `host`, for the process's life
   * Returns: JF_OK or the class of the error */
  jf_status (*start)(jf_instance *JF_NULLABLE instance, const jf_transport_host *host);

  /* Begins an exchange and returns at once. `request` is
   * HTTP {method, url, headers: {name: text or [text]}, timeout_ms, max_response_bytes,
   *       max_redirects, body_file?: {file, bytes}, parts?: [{name, value} or {name, file, bytes,
   *       file_name, type}], save_file?: integer, auth?: {bearer | header, value | basic: {user,
   *       password} | query, value | signed: {name: text}, secrets: [text]}, allow_hosts?: [text]},
   *       body beside it; `signed` are headers for the first hop alone, `secrets` what answers are
   *       scrubbed of besides;
   *       `file` and `save_file` count the files handed over with `attach`. A 2xx body goes into
   *       `save_file`, and `answered` has `saved`: its bytes;
   * mail {server: {host, port, security, user?, password?, from, from_name?}, message_id, to, cc,
   *       bcc, reply_to?, from_name?, subject, text?, html?, headers?, attachments: [{name, type,
   *       size, file?}], timeout_ms}, the attachments' bytes beside it, one after the other.
   * Thread: [entry thread] · Owner: dies when it returns: copy · Returns: - (errors: answered) */
  void (*submit)(jf_instance *JF_NULLABLE instance, uint64_t exchange, const jf_value *request,
                 jf_bytes body);

  /* Ends an exchange early: closes its connection and answers it with the code "aborted" and
   * whether it had left. Unknown numbers are ignored.
   * Thread: [entry thread] · Owner: none · Returns: - */
  void (*abort)(jf_instance *JF_NULLABLE instance, uint64_t exchange);

  /* Hands over an open file that the next `submit` of this exchange counts, from 0 on: one to
   * read, or one to write from its beginning.
   * Thread: [entry thread] · Owner: the worker closes it when the exchange is answered
   * Returns: - */
  void (*attach)(jf_instance *JF_NULLABLE instance, uint64_t exchange, int32_t descriptor);
} jf_transport_interface;

#if UINTPTR_MAX == 0xffffffffffffffffu
JF_STATIC_ASSERT(sizeof(jf_transport_host) == 32, "layout of jf_transport_host");
JF_STATIC_ASSERT(sizeof(jf_transport_interface) == 40, "layout of jackfield.transport/draft");
#endif

JF_END

#endif /* JACKFIELD_DRAFT_TRANSPORT_H */
