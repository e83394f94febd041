/* SPDX-License-Identifier: Apache-2.0 */
#include "bench_echo.h"

#include <string.h>

#include "jackfield/action.h"
#include "jackfield/http.h"

static const jf_host *host;
static const jf_value_interface *values;
static const jf_call_interface *calls;

uint64_t bench_echo_copy(const uint8_t *in, uint64_t size, uint8_t *out) {
  memcpy(out, in, size);
  return size;
}

static int32_t find_action(jf_instance *instance, jf_bytes id) {
  (void)instance;
  static const char *const ids[] = {"bench_echo.echo", "bench_echo.burn", "bench_fetch.get"};
  for (int32_t i = 0; i < 3; i++)
    if (id.size == strlen(ids[i]) && memcmp(id.data, ids[i], id.size) == 0) return i;
  return -1;
}

/* GETs {"url": text}. */
static jf_status fetch(jf_call *call) {
  const jf_http_interface *http = host->interface(host, JF_HTTP_INTERFACE);
  if (!http) return JF_DENIED;
  jf_bytes name = {(const uint8_t *)"url", 3};
  jf_http_request request = {.size = sizeof request};
  request.url = values->text(values->child(calls->parameters(call), name));
  const jf_http_response *response = NULL;
  jf_status status = http->send(call, &request, &response);
  if (status == JF_OK) return calls->result_value(call, calls->parameters(call));
  jf_error error = {.size = sizeof error};
  return calls->last_error(call, &error) == JF_OK ? calls->result_error(call, &error) : status;
}

static jf_status run(jf_instance *instance, int32_t action, jf_call *call) {
  (void)instance;
  volatile uint64_t turns = 0;
  while (action == 1) turns++;
  if (action == 2) return fetch(call);
  return calls->result_value(call, calls->parameters(call));
}

static const jf_action_interface actions = {
    .size = sizeof actions, .find_action = find_action, .run = run};

static jf_status open_plugin(const jf_host *from, const jf_value *settings, jf_instance **out) {
  (void)settings;
  host = from;
  values = host->interface(host, JF_VALUE_INTERFACE);
  calls = host->interface(host, JF_CALL_INTERFACE);
  *out = NULL;
  return calls && values ? JF_OK : JF_UNAVAILABLE;
}

static void close_plugin(jf_instance *instance) { (void)instance; }

static const void *interface(jf_instance *instance, const char *id) {
  (void)instance;
  return strcmp(id, JF_ACTION_INTERFACE) == 0 ? &actions : NULL;
}

static const jf_plugin plugin = {.size = sizeof plugin,
                                 .abi_major = JF_ABI_MAJOR,
                                 .abi_minor = JF_ABI_MINOR,
                                 .open = open_plugin,
                                 .close = close_plugin,
                                 .interface = interface};

JF_EXPORT const jf_plugin *jf_plugin_entry_v0(uint32_t host_minor) {
  (void)host_minor;
  return &plugin;
}
