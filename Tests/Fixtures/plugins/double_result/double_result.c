/* SPDX-License-Identifier: Apache-2.0
 * Sets an error after its result, and a result after that. */
#include "../fixture.h"

static jf_status run(jf_call *call) {
  if (echo(call) != JF_OK) return JF_BUG;
  if (fail(call, JF_FAILED, "second") != JF_BUG) return JF_BUG;
  return echo(call) == JF_BUG ? JF_OK : JF_BUG;
}
