/* SPDX-License-Identifier: Apache-2.0 */
#include "bench_echo.h"

#include <string.h>

#include "jackfield/action.h"

static const jf_call_interface *calls;

uint64_t bench_echo_copy(const uint8_t *in, uint64_t size, uint8_t *out) {
  memcpy(out, in, size);
  return size;
}

static int32_t find_action(jf_instance *instance, jf_bytes id) {
  (void)instance;
  static const char *const ids[] = {"bench_echo.echo", "bench_echo.burn"};
  for (int32_t i = 0; i < 2; i++)
    if (id.size == strlen(ids[i]) && memcmp(id.data, ids[i], id.size) == 0) return i;
  return -1;
}

static jf_status run(jf_instance *instance, int32_t action, jf_call *call) {
  (void)instance;
  volatile uint64_t turns = 0;
  while (action == 1) turns++;
  return calls->result_value(call, calls->parameters(call));
}

static const jf_action_interface actions = {
    .size = sizeof actions, .find_action = find_action, .run = run};

static jf_status open_plugin(const jf_host *host, const jf_value *settings, jf_instance **out) {
  (void)settings;
  calls = host->interface(host, JF_CALL_INTERFACE);
  *out = NULL;
  return calls ? JF_OK : JF_UNAVAILABLE;
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
