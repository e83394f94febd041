/* SPDX-License-Identifier: Apache-2.0
 * Runs until it is cancelled on {"wait": true}, and says so. */
#include "../fixture.h"

#include <sched.h>

static jf_status run(jf_call *call) {
  if (!wants(call, "wait")) return echo(call);
  while (!calls->cancelled(call)) sched_yield();
  return fail(call, JF_UNAVAILABLE, "cancelled");
}
