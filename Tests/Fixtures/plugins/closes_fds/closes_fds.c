/* SPDX-License-Identifier: Apache-2.0
 * Closes every descriptor on {"close": true}. */
#include "../fixture.h"

#include <unistd.h>

static jf_status run(jf_call *call) {
  if (wants(call, "close"))
    for (int fd = 0; fd < 1024; fd++) close(fd);
  return echo(call);
}
