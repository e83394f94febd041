/* SPDX-License-Identifier: Apache-2.0
 * Calls a function of the host without looking whether it is there. */
#define FIXTURE_AT_OPEN host->log(host, JF_LEVEL_INFO, text("open"))
#include "../check.h"

static jf_status run(jf_call *call) { return answer(call); }
