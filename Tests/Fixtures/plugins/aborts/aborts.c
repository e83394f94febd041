/* SPDX-License-Identifier: Apache-2.0
 * Calls abort on {"abort": true}. */
#include "../fixture.h"

#include <stdlib.h>

static jf_status run(jf_call *call) {
  if (wants(call, "abort")) abort();
  return echo(call);
}
