/* SPDX-License-Identifier: Apache-2.0
 * Writes bytes of its own to the host's socket on {"garbage": true}. */
#include "../fixture.h"

#include <unistd.h>

static jf_status run(jf_call *call) {
  static const char bytes[64] = "this is no message of the protocol, and no frame of any kind";
  if (wants(call, "garbage") && write(3, bytes, sizeof bytes) < 0) return JF_BUG;
  return echo(call);
}
