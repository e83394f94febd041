/* SPDX-License-Identifier: Apache-2.0
 * Answers every exchange with its own request, from a thread of its own: `left`, then `answered`.
 * {"url": "hang"} is answered only when it is aborted; {"url": "twice"} is reported twice;
 * {"url": "garbage"} breaks the protocol and then leaves; {"url": "leave"} leaves, makes the file
 * that its body names, and is answered only when it is aborted. */
#include "jackfield/draft/transport.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const jf_value_interface *values;
static const jf_transport_host *reports;

typedef struct exchange {
  struct exchange *next;
  uint64_t number;
  char url[64];
  size_t body_size;
  uint8_t body[];
} exchange;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t arrived = PTHREAD_COND_INITIALIZER;
static exchange *first;

static jf_bytes text(const char *characters) {
  jf_bytes bytes = {(const uint8_t *)characters, strlen(characters)};
  return bytes;
}

static void answer(exchange *each) {
  char head[160];
  snprintf(head, sizeof head,
           "{\"status\":200,\"headers\":{},\"url\":\"%s\",\"elapsed_ms\":1}", each->url);
  jf_bytes body = {each->body, each->body_size};
  reports->left(reports, each->number);
  reports->answered(reports, each->number, text(head), body);
  if (strcmp(each->url, "twice") == 0) reports->answered(reports, each->number, text(head), body);
}

static void misbehave(exchange *each) {
  if (strcmp(each->url, "garbage") == 0) {
    char garbage[16] = "not a message at";
    if (write(3, garbage, sizeof garbage) < 0) abort();
    reports->left(reports, each->number);
  } else if (strcmp(each->url, "leave") == 0) {
    reports->left(reports, each->number);
    close(open((const char *)each->body, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  } else if (strcmp(each->url, "hang") != 0) {
    answer(each);
  }
}

static void *serve(void *unused) {
  (void)unused;
  while (1) {
    pthread_mutex_lock(&lock);
    while (first == NULL) pthread_cond_wait(&arrived, &lock);
    exchange *each = first;
    first = each->next;
    pthread_mutex_unlock(&lock);
    misbehave(each);
    free(each);
  }
  return NULL;
}

static jf_status start(jf_instance *instance, const jf_transport_host *given) {
  (void)instance;
  reports = given;
  pthread_t thread;
  return pthread_create(&thread, NULL, serve, NULL) == 0 ? JF_OK : JF_UNAVAILABLE;
}

static void submit(jf_instance *instance, uint64_t number, const jf_value *request,
                   jf_bytes body) {
  (void)instance;
  exchange *each = calloc(1, sizeof *each + body.size + 1);
  jf_bytes url = values->text(values->child(request, text("url")));
  if (each == NULL || url.size >= sizeof each->url) abort();
  each->number = number;
  memcpy(each->url, url.data, url.size);
  each->body_size = body.size;
  if (body.size > 0) memcpy(each->body, body.data, body.size);
  pthread_mutex_lock(&lock);
  exchange **end = &first;
  while (*end != NULL) end = &(*end)->next;
  *end = each;
  pthread_cond_signal(&arrived);
  pthread_mutex_unlock(&lock);
}

static void abort_exchange(jf_instance *instance, uint64_t number) {
  (void)instance;
  jf_bytes none = {NULL, 0};
  reports->answered(
      reports, number,
      text("{\"error\":{\"class\":\"unavailable\",\"code\":\"aborted\",\"message\":\"aborted\"},"
           "\"left\":false}"),
      none);
}

static void attach(jf_instance *instance, uint64_t number, int32_t descriptor) {
  (void)instance;
  (void)number;
  (void)descriptor;
}

static const jf_transport_interface table = {sizeof table, 0, start, submit, abort_exchange,
                                             attach};

static jf_status open_instance(const jf_host *host, const jf_value *settings, jf_instance **out) {
  (void)settings;
  values = host->interface(host, JF_VALUE_INTERFACE);
  *out = NULL;
  return JF_OK;
}

static void close_instance(jf_instance *instance) { (void)instance; }

static const void *interface(jf_instance *instance, const char *id) {
  (void)instance;
  int known = strcmp(id, JF_TRANSPORT_HTTP_INTERFACE) == 0;
  return known || strcmp(id, JF_TRANSPORT_MAIL_INTERFACE) == 0 ? &table : NULL;
}

static const jf_plugin plugin = {sizeof plugin, JF_ABI_MAJOR, JF_ABI_MINOR,
                                 open_instance, close_instance, interface};

JF_EXPORT const jf_plugin *jf_plugin_entry_v0(uint32_t host_minor) {
  (void)host_minor;
  return &plugin;
}
