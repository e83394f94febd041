/* SPDX-License-Identifier: Apache-2.0
 *
 * curl_calls.c: see curl_calls.h.
 */
#define _GNU_SOURCE
#include "curl_calls.h"

#include <locale.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

static void free_zeroed(void *memory) {
  if (memory == NULL) return;
  explicit_bzero(memory, malloc_usable_size(memory));
  free(memory);
}

static void *realloc_zeroed(void *memory, size_t size) {
  if (memory == NULL) return malloc(size);
  size_t before = malloc_usable_size(memory);
  if (size != 0 && size <= before && size >= before / 2) return memory;
  void *moved = malloc(size != 0 ? size : 1);
  if (moved == NULL) return NULL;
  memcpy(moved, memory, before < size ? before : size);
  free_zeroed(memory);
  return moved;
}

static pthread_once_t started = PTHREAD_ONCE_INIT;
static CURLcode start_result = CURLE_FAILED_INIT;

static void start_once(void) {
  start_result = curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, free_zeroed, realloc_zeroed,
                                      strdup, calloc);
}

int jf_curl_start(void) {
  pthread_once(&started, start_once);
  return (int)start_result;
}

CURLcode jf_easy_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}

CURLcode jf_easy_offset(CURL *easy, CURLoption option, int64_t value) {
  return curl_easy_setopt(easy, option, (curl_off_t)value);
}

CURLcode jf_easy_text(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

CURLcode jf_easy_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}

CURLcode jf_easy_on_write(CURL *easy, jf_curl_bytes function, void *context) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, function);
  return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
}

CURLcode jf_easy_on_header(CURL *easy, jf_curl_bytes function, void *context) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, function);
  return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_HEADERDATA, context);
}

CURLcode jf_easy_on_read(CURL *easy, jf_curl_bytes function, void *context) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_READFUNCTION, function);
  return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_READDATA, context);
}

CURLcode jf_easy_on_seek(CURL *easy, jf_curl_seek function, void *context) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, function);
  return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_SEEKDATA, context);
}

CURLcode jf_mime_read(curl_mimepart *part, int64_t size, jf_curl_bytes read, jf_curl_seek seek,
                      void *context) {
  return curl_mime_data_cb(part, (curl_off_t)size, read, seek, NULL, context);
}

CURLcode jf_easy_on_ready(CURL *easy, jf_curl_ready function, void *context) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, function);
  return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_PREREQDATA, context);
}

CURLcode jf_easy_on_open(CURL *easy, jf_curl_open function, void *context) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, function);
  return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, context);
}

CURLcode jf_easy_on_close(CURL *easy, jf_curl_close function, void *context) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, function);
  return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, context);
}

CURLcode jf_easy_on_progress(CURL *easy, jf_curl_progress function, void *context) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, function);
  if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_XFERINFODATA, context);
  return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
}

CURLcode jf_easy_on_debug(CURL *easy, jf_curl_debug function, void *context) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, function);
  return code != CURLE_OK ? code : curl_easy_setopt(easy, CURLOPT_DEBUGDATA, context);
}

long jf_easy_info_long(CURL *easy, CURLINFO info) {
  long value = 0;
  return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

int64_t jf_easy_info_offset(CURL *easy, CURLINFO info) {
  curl_off_t value = 0;
  return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? (int64_t)value : 0;
}

CURLMcode jf_multi_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

CURLMcode jf_multi_on_events(CURLM *multi, jf_curl_socket sockets, jf_curl_timer timer,
                             void *context) {
  CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, sockets);
  if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
  if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
  if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
  return code;
}

int jf_multi_next_done(CURLM *multi, CURL **easy, CURLcode *result) {
  int left = 0;
  CURLMsg *message;
  while ((message = curl_multi_info_read(multi, &left)) != NULL) {
    if (message->msg != CURLMSG_DONE) continue;
    *easy = message->easy_handle;
    *result = message->data.result;
    return 1;
  }
  return 0;
}

static pthread_once_t locale_once = PTHREAD_ONCE_INIT;
static locale_t utf8 = (locale_t)0;

static void make_locale(void) { utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0); }

/* The thread's locale for international names; returns the one before it. */
static locale_t use_utf8(void) {
  pthread_once(&locale_once, make_locale);
  return uselocale(utf8);
}

char *jf_url_ascii_host(CURLU *url) {
  char *host = NULL;
  locale_t before = use_utf8();
  CURLUcode code = curl_url_get(url, CURLUPART_HOST, &host, CURLU_PUNYCODE);
  uselocale(before);
  return code == CURLUE_OK ? host : NULL;
}

int jf_domain_to_ascii(const char *domain, char *out, size_t capacity) {
  CURLU *url = curl_url();
  char *host = NULL;
  int found = 0;
  if (url != NULL && curl_url_set(url, CURLUPART_SCHEME, "http", 0) == CURLUE_OK &&
      curl_url_set(url, CURLUPART_HOST, domain, 0) == CURLUE_OK &&
      (host = jf_url_ascii_host(url)) != NULL && strlen(host) < capacity) {
    strcpy(out, host);
    found = 1;
  }
  curl_free(host);
  curl_url_cleanup(url);
  return found;
}

int jf_poll_open(int *poll, int *bell) {
  *poll = epoll_create1(EPOLL_CLOEXEC);
  *bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (*poll < 0 || *bell < 0) return -1;
  struct epoll_event event = {.events = EPOLLIN, .data.fd = *bell};
  return epoll_ctl(*poll, EPOLL_CTL_ADD, *bell, &event);
}

void jf_poll_watch(int poll, int socket, int what) {
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(poll, EPOLL_CTL_DEL, socket, NULL);
    return;
  }
  struct epoll_event event = {.events = 0, .data.fd = socket};
  if (what & CURL_POLL_IN) event.events |= EPOLLIN;
  if (what & CURL_POLL_OUT) event.events |= EPOLLOUT;
  if (epoll_ctl(poll, EPOLL_CTL_MOD, socket, &event) != 0)
    epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event);
}

int jf_poll_wait(int poll, int bell, int timeout_ms, jf_event *events, int capacity) {
  enum { MOST = 256 };
  struct epoll_event ready[MOST];
  int count = epoll_wait(poll, ready, capacity < MOST ? capacity : MOST, timeout_ms);
  int kept = 0;
  for (int i = 0; i < count; i++) {
    if (ready[i].data.fd == bell) {
      eventfd_t rings;
      eventfd_read(bell, &rings);
      continue;
    }
    int32_t bits = 0;
    if (ready[i].events & EPOLLIN) bits |= CURL_CSELECT_IN;
    if (ready[i].events & EPOLLOUT) bits |= CURL_CSELECT_OUT;
    if (ready[i].events & (EPOLLERR | EPOLLHUP)) bits |= CURL_CSELECT_IN | CURL_CSELECT_ERR;
    events[kept++] = (jf_event){.socket = ready[i].data.fd, .bits = bits};
  }
  return kept;
}

void jf_bell_ring(int bell) { eventfd_write(bell, 1); }

void jf_thread_begin(const char *name) {
  pthread_setname_np(pthread_self(), name);
  use_utf8();
}
