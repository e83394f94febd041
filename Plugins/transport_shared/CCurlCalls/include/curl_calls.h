/* SPDX-License-Identifier: Apache-2.0
 *
 * curl_calls.h: libcurl's variadic functions as plain ones, one for each type of argument, and the
 * two pieces of libcurl that only C can write: memory that is zeroed when freed, and the
 * conversion of a domain to its ASCII form.
 */
#ifndef JACKFIELD_CURL_CALLS_H
#define JACKFIELD_CURL_CALLS_H

#ifndef CURL_DISABLE_TYPECHECK
#define CURL_DISABLE_TYPECHECK 1
#endif
#include <curl/curl.h>
#include <stdint.h>

/* Initialises libcurl once per process with an allocator that zeroes what it frees: requests,
 * passwords and tokens pass through many of libcurl's buffers. Returns 0, or a CURLcode. */
int jf_curl_start(void);

CURLcode jf_easy_long(CURL *easy, CURLoption option, long value);
CURLcode jf_easy_offset(CURL *easy, CURLoption option, int64_t value);
CURLcode jf_easy_text(CURL *easy, CURLoption option, const char *value);
CURLcode jf_easy_pointer(CURL *easy, CURLoption option, void *value);

/* CURLOPT_WRITEFUNCTION, HEADERFUNCTION or READFUNCTION with its context. */
typedef size_t (*jf_curl_bytes)(char *bytes, size_t size, size_t count, void *context);
CURLcode jf_easy_on_write(CURL *easy, jf_curl_bytes function, void *context);
CURLcode jf_easy_on_header(CURL *easy, jf_curl_bytes function, void *context);
CURLcode jf_easy_on_read(CURL *easy, jf_curl_bytes function, void *context);

/* CURLOPT_SEEKFUNCTION: the body is wanted again from an offset of its beginning. */
typedef int (*jf_curl_seek)(void *context, curl_off_t offset, int origin);
CURLcode jf_easy_on_seek(CURL *easy, jf_curl_seek function, void *context);

/* A part of a form that is read through the callbacks. */
CURLcode jf_mime_read(curl_mimepart *part, int64_t size, jf_curl_bytes read, jf_curl_seek seek,
                      void *context);

/* CURLOPT_PREREQFUNCTION: an established connection, the request not yet written. */
typedef int (*jf_curl_ready)(void *context, char *peer, char *local, int peer_port, int local_port);
CURLcode jf_easy_on_ready(CURL *easy, jf_curl_ready function, void *context);

/* CURLOPT_OPENSOCKETFUNCTION: before a socket is made for an address. */
typedef curl_socket_t (*jf_curl_open)(void *context, curlsocktype purpose,
                                      struct curl_sockaddr *address);
CURLcode jf_easy_on_open(CURL *easy, jf_curl_open function, void *context);

/* CURLOPT_CLOSESOCKETFUNCTION: instead of closing a socket. */
typedef int (*jf_curl_close)(void *context, curl_socket_t socket);
CURLcode jf_easy_on_close(CURL *easy, jf_curl_close function, void *context);

/* CURLOPT_XFERINFOFUNCTION, switched on: about once a second, also while libcurl blocks. Anything
 * but 0 ends the transfer. */
typedef int (*jf_curl_progress)(void *context, curl_off_t to_receive, curl_off_t received,
                                curl_off_t to_send, curl_off_t sent);
CURLcode jf_easy_on_progress(CURL *easy, jf_curl_progress function, void *context);

/* CURLOPT_DEBUGFUNCTION, switched on with CURLOPT_VERBOSE. */
typedef int (*jf_curl_debug)(CURL *easy, curl_infotype type, char *bytes, size_t size,
                             void *context);
CURLcode jf_easy_on_debug(CURL *easy, jf_curl_debug function, void *context);

/* CURLINFO values; 0 or null when libcurl has none. */
long jf_easy_info_long(CURL *easy, CURLINFO info);
int64_t jf_easy_info_offset(CURL *easy, CURLINFO info);

CURLMcode jf_multi_long(CURLM *multi, CURLMoption option, long value);

/* CURLMOPT_SOCKETFUNCTION and CURLMOPT_TIMERFUNCTION with one context. */
typedef int (*jf_curl_socket)(CURL *easy, curl_socket_t socket, int what, void *context,
                              void *assigned);
typedef int (*jf_curl_timer)(CURLM *multi, long timeout_ms, void *context);
CURLMcode jf_multi_on_events(CURLM *multi, jf_curl_socket sockets, jf_curl_timer timer,
                             void *context);

/* The next finished transfer: 1 and both outputs set, or 0. */
int jf_multi_next_done(CURLM *multi, CURL **easy, CURLcode *result);

/* A URL's host in its ASCII form, to be given to curl_free; null when it has none. */
char *jf_url_ascii_host(CURLU *url);

/* A host name's ASCII form (punycode by IDNA 2008), into `out`. 1, or 0 when it has none. */
int jf_domain_to_ascii(const char *domain, char *out, size_t capacity);

/* epoll and eventfd, which Swift's Glibc module does not have. */
typedef struct jf_event {
  int32_t socket;
  int32_t bits; /* CURL_CSELECT_IN, OUT, ERR */
} jf_event;

/* A set of watched sockets with a bell that any thread may ring. Returns 0, or -1. */
int jf_poll_open(int *poll, int *bell);
/* Watches for CURL_POLL_IN, OUT or both; CURL_POLL_REMOVE forgets the socket. */
void jf_poll_watch(int poll, int socket, int what);
/* Waits up to `timeout_ms` (-1: for ever). Rings of the bell are taken and not reported. */
int jf_poll_wait(int poll, int bell, int timeout_ms, jf_event *events, int capacity);
void jf_bell_ring(int bell);

/* Names the calling thread and gives it the character set that names are written in: libidn2
 * reads them in that of the locale, and a worker's is "C". */
void jf_thread_begin(const char *name);

#endif /* JACKFIELD_CURL_CALLS_H */
