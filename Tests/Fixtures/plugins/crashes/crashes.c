/* SPDX-License-Identifier: Apache-2.0
 * Reads where nothing is on {"crash": true}. */
#include "../fixture.h"

static jf_status run(jf_call *call) {
  if (wants(call, "crash")) *(volatile int *)8 = 1;
  return echo(call);
}
