/* SPDX-License-Identifier: Apache-2.0
 * Exports no entry point. */
#define FIXTURE_NO_ENTRY
#include "../fixture.h"

JF_EXPORT const jf_plugin *another_entry(uint32_t host_minor);
JF_EXPORT const jf_plugin *another_entry(uint32_t host_minor) {
  (void)host_minor;
  return &fixture_plugin;
}

static jf_status run(jf_call *call) { return echo(call); }
