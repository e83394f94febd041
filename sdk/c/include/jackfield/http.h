/* SPDX-License-Identifier: Apache-2.0
 *
 * jackfield/http.h: HTTP requests through the host.
 *
 * A plugin has no sockets. It describes a request; the host checks the grant, applies the
 * credential, writes the request down in its ledger, sends it through the project's transport,
 * and hands the response back with every secret removed. After a crash a request that was
 * answered is not sent again: the same call's same request gets the stored answer.
 *
 * Redirects are followed by the host, each hop checked like the first. A status of 400 and above
 * is a response like any other: JF_OK here means that the peer answered.
 *
 * A body may be a blob (blobs.h), or a form with blobs in it: the host streams it from its file.
 * The body of an answer may be saved as one. Neither passes through the plugin's memory.
 */
#ifndef JACKFIELD_HTTP_H
#define JACKFIELD_HTTP_H

#include "action.h"

JF_BEGIN

/* One request. Set `size`, zero the rest, fill what is needed. */
typedef struct jf_http_request {
  uint32_t size;
  uint32_t reserved;
  jf_bytes method;                     /* a token; empty: GET */
  jf_bytes url;                        /* absolute, http or https, no user or password in it */
  const jf_value *JF_NULLABLE headers; /* {name: text or [text]}; not Host, Content-Length,
                                          Transfer-Encoding, Connection */
  jf_bytes body;                       /* empty: none */
  jf_bytes credential;                 /* the credential to apply; empty: none */
  int64_t timeout_ms;                  /* 0: what is left of the call */
  uint64_t max_response_bytes;         /* 0: 1 MiB; at most 10 MiB; counted after decompression */
  uint32_t max_redirects;              /* 0: follow none; at most 5 */
  uint32_t save_body;                  /* 1: the body of a 2xx answer becomes a blob; with it
                                          max_response_bytes is 100 MiB where it is 0, and at most */
  const jf_value *JF_NULLABLE body_blob; /* a blob as the body, instead of `body` */
  const jf_value *JF_NULLABLE parts;     /* multipart/form-data instead of `body`: [{name, value:
                                            text} or {name, blob: a blob, file_name?, type?}], at
                                            most 100, of them 16 blobs */
} jf_http_request;

/* One response. Lives until the call returns. */
typedef struct jf_http_response {
  uint32_t size;
  int32_t status;                   /* 100 … 599 */
  const jf_value *headers;          /* {lower-case name: text}; repeats joined by ", " */
  jf_bytes body;                    /* decoded (gzip, deflate), as bytes */
  const jf_value *JF_NULLABLE json; /* the parsed body, or null when it is no JSON */
  jf_bytes url;                     /* the URL that answered, after redirects */
  int64_t elapsed_ms;
  const jf_value *JF_NULLABLE blob; /* the saved body, as {blob, type, bytes, name}; `body` is
                                       empty then. Null where none was saved */
} jf_http_response;

/* Called on the call thread as each request of `perform` ends, in any order.
 * `status` is JF_OK with a response, or the class of the error with none: see last_error. */
typedef void (*jf_http_each)(jf_call *call, void *JF_NULLABLE user, uint64_t index,
                             jf_status status, const jf_http_response *JF_NULLABLE response);

/* "jackfield.http/1", offered by the host where hosts are granted. */
#define JF_HTTP_INTERFACE "jackfield.http/1"

typedef struct jf_http_interface {
  uint32_t size;
  uint32_t reserved;

  /* Sends one request and waits for its response.
   * Thread: [any thread of the call] · Owner: the call owns `*out`
   * Returns: JF_OK and `*out` set; JF_INVALID_INPUT (a malformed request, a control character),
   *   JF_DENIED (host or credential not granted), JF_UNAVAILABLE (no connection; nothing was
   *   sent), JF_FAILED (response too large), JF_UNKNOWN_OUTCOME (sent, and no answer came).
   * Crosses: yes */
  jf_status (*send)(jf_call *call, const jf_http_request *request,
                    const jf_http_response *JF_NULLABLE *JF_NULLABLE out);

  /* Sends many, `at_once` (1 to 16) at a time, and calls `each` as they end.
   * Thread: [call thread] · Owner: the plugin keeps `requests`
   * Returns: JF_OK when every request was answered, else the class of the first that was not.
   * Crosses: yes */
  jf_status (*perform)(jf_call *call,
                       const jf_http_request *JF_NULLABLE const *JF_NONNULL requests,
                       uint64_t count, uint32_t at_once, jf_http_each each,
                       void *JF_NULLABLE user);
} jf_http_interface;

#if UINTPTR_MAX == 0xffffffffffffffffu
JF_STATIC_ASSERT(sizeof(jf_http_request) == 120, "layout of jf_http_request");
JF_STATIC_ASSERT(sizeof(jf_http_response) == 72, "layout of jf_http_response");
JF_STATIC_ASSERT(sizeof(jf_http_interface) == 24, "layout of jackfield.http/1");
#endif

JF_END

#endif /* JACKFIELD_HTTP_H */
