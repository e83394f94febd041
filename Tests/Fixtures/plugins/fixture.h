/* SPDX-License-Identifier: Apache-2.0
 *
 * fixture.h: what every test plugin has beside its behaviour. A fixture may define
 * FIXTURE_ABI_MAJOR, FIXTURE_PLUGIN_SIZE, FIXTURE_OPEN_STATUS, FIXTURE_AT_OPEN (a statement),
 * FIXTURE_KNOWS (whether `id` is its action's) or FIXTURE_ENTRY (what the entry point answers to
 * `host_minor`) before it includes this, and writes `run`, which is called for its only action,
 * "<plugin>.run".
 */
#ifndef JACKFIELD_FIXTURE_H
#define JACKFIELD_FIXTURE_H

#include "jackfield/action.h"
#include "jackfield/blobs.h"
#include "jackfield/http.h"
#include "jackfield/mail.h"
#include "jackfield/records.h"
#include "jackfield/runs.h"
#include "jackfield/events.h"

#include <string.h>

#ifndef FIXTURE_ABI_MAJOR
#define FIXTURE_ABI_MAJOR JF_ABI_MAJOR
#endif
#ifndef FIXTURE_PLUGIN_SIZE
#define FIXTURE_PLUGIN_SIZE sizeof(jf_plugin)
#endif
#ifndef FIXTURE_OPEN_STATUS
#define FIXTURE_OPEN_STATUS JF_OK
#endif
#ifndef FIXTURE_AT_OPEN
#define FIXTURE_AT_OPEN
#endif
#ifndef FIXTURE_KNOWS
#define FIXTURE_KNOWS (id.size > 4 && memcmp(id.data + id.size - 4, ".run", 4) == 0)
#endif
#ifndef FIXTURE_ENTRY
#define FIXTURE_ENTRY (&fixture_plugin)
#endif

static const jf_host *host;
static const jf_value_interface *values;
static const jf_call_interface *calls;

/* The behaviour: sets a result, or does not. */
static jf_status run(jf_call *call);

static inline jf_bytes text(const char *characters) {
  jf_bytes bytes = {(const uint8_t *)characters, strlen(characters)};
  return bytes;
}

/* Whether the parameters have this member and it is true. */
static inline int wants(jf_call *call, const char *name) {
  int64_t truth = 0;
  const jf_value *member = values->child(calls->parameters(call), text(name));
  return values->integer(member, &truth) && truth != 0;
}

static inline jf_status echo(jf_call *call) {
  return calls->result_value(call, calls->parameters(call));
}

static inline jf_status fail(jf_call *call, jf_status status, const char *code) {
  jf_error error = {.size = sizeof error, .status = status, .code = text(code)};
  error.message = text("asked for");
  return calls->result_error(call, &error);
}

static jf_status fixture_open(const jf_host *given, const jf_value *settings, jf_instance **out) {
  (void)settings;
  if (!JF_HAS(given, interface)) return JF_UNAVAILABLE;
  host = given;
  FIXTURE_AT_OPEN;
  values = host->interface(host, JF_VALUE_INTERFACE);
  calls = host->interface(host, JF_CALL_INTERFACE);
  *out = NULL;
  return FIXTURE_OPEN_STATUS;
}

static void fixture_close(jf_instance *instance) { (void)instance; }

static int32_t fixture_find_action(jf_instance *instance, jf_bytes id) {
  (void)instance;
  return FIXTURE_KNOWS ? 7 : -1;
}

static jf_status fixture_run(jf_instance *instance, int32_t action, jf_call *call) {
  (void)instance;
  return action == 7 ? run(call) : JF_BUG;
}

static const jf_action_interface fixture_actions = {
    sizeof fixture_actions, 0, fixture_find_action, fixture_run};

static const void *fixture_interface(jf_instance *instance, const char *id) {
  (void)instance;
  return strcmp(id, JF_ACTION_INTERFACE) == 0 ? &fixture_actions : NULL;
}

static const jf_plugin fixture_plugin = {FIXTURE_PLUGIN_SIZE, FIXTURE_ABI_MAJOR, JF_ABI_MINOR,
                                         fixture_open, fixture_close, fixture_interface};

#ifndef FIXTURE_NO_ENTRY
JF_EXPORT const jf_plugin *jf_plugin_entry_v0(uint32_t host_minor) {
  (void)host_minor;
  return FIXTURE_ENTRY;
}
#endif

#endif
