/* SPDX-License-Identifier: Apache-2.0
 * Hands one request over once the host takes it, and after each answer one with that answer's body;
 * what `incoming` then said is logged. */
#include "jackfield/draft/listener.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const jf_host *host;
static const jf_listener_host *reports;
static _Atomic uint64_t last;

static jf_bytes text(const char *characters) {
  jf_bytes bytes = {(const uint8_t *)characters, strlen(characters)};
  return bytes;
}

static jf_status offer(jf_bytes body) {
  return reports->incoming(
      reports, ++last,
      text("{\"method\":\"POST\",\"path\":\"/hook\",\"query\":\"\",\"headers\":[],\"peer\":\"\"}"),
      body);
}

static void *begin(void *unused) {
  (void)unused;
  while (offer(text("first")) == JF_RATE_LIMITED) usleep(1000);
  return NULL;
}

static void hand_over(jf_bytes body) {
  char line[64];
  jf_status status = offer(body);
  snprintf(line, sizeof line, "incoming %d answered %d", (int)last, (int)status);
  host->log(host, JF_LEVEL_INFO, text(line));
}

static jf_status start(jf_instance *instance, const jf_listener_host *given, int32_t listening_fd,
                       int32_t reserved, const jf_value *settings) {
  (void)instance, (void)reserved, (void)settings;
  reports = given;
  if (listening_fd != 7) return JF_BUG;
  pthread_t thread;
  return pthread_create(&thread, NULL, begin, NULL) == 0 ? JF_OK : JF_UNAVAILABLE;
}

static void respond(jf_instance *instance, uint64_t exchange, const jf_value *head,
                    jf_bytes body) {
  (void)instance, (void)exchange, (void)head;
  hand_over(body);
}

static void stop(jf_instance *instance) { (void)instance; }

static const jf_listener_interface table = {sizeof table, 0, start, respond, stop};

static jf_status open_instance(const jf_host *given, const jf_value *settings, jf_instance **out) {
  (void)settings;
  host = given;
  *out = NULL;
  return JF_OK;
}

static void close_instance(jf_instance *instance) { (void)instance; }

static const void *interface(jf_instance *instance, const char *id) {
  (void)instance;
  return strcmp(id, JF_LISTENER_HTTP_INTERFACE) == 0 ? &table : NULL;
}

static const jf_plugin plugin = {sizeof plugin, JF_ABI_MAJOR, JF_ABI_MINOR,
                                 open_instance, close_instance, interface};

JF_EXPORT const jf_plugin *jf_plugin_entry_v0(uint32_t host_minor) {
  (void)host_minor;
  return &plugin;
}
