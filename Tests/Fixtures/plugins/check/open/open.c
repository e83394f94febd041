/* SPDX-License-Identifier: Apache-2.0
 * Does not open. */
#define FIXTURE_OPEN_STATUS JF_UNAVAILABLE
#define FIXTURE_AT_OPEN                                                        \
  if (JF_HAS(host, log)) host->log(host, JF_LEVEL_ERROR, text("there is no key"))
#include "../check.h"

static jf_status run(jf_call *call) { return answer(call); }
