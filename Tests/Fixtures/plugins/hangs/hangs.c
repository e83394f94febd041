/* SPDX-License-Identifier: Apache-2.0
 * Sleeps for ever on {"hang": true}, spins on {"spin": true}. */
#include "../fixture.h"

#include <unistd.h>

static jf_status run(jf_call *call) {
  while (wants(call, "hang")) pause();
  volatile uint64_t turns = 0;
  while (wants(call, "spin")) turns = turns + 1;
  return echo(call);
}
