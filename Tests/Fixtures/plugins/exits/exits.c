/* SPDX-License-Identifier: Apache-2.0
 * Ends its process with 3 on {"exit": true}. */
#include "../fixture.h"

#include <stdlib.h>

static jf_status run(jf_call *call) {
  if (wants(call, "exit")) exit(3);
  return echo(call);
}
