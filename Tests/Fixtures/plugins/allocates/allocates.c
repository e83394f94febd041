/* SPDX-License-Identifier: Apache-2.0
 * Takes memory for ever on {"allocate": true}. */
#include "../fixture.h"

#include <stdlib.h>

static jf_status run(jf_call *call) {
  while (wants(call, "allocate")) {
    void *block = malloc(1 << 20);
    if (block == NULL) abort();
    memset(block, 1, 1 << 20);
  }
  return echo(call);
}
