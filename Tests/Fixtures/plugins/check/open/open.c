/* SPDX-License-Identifier: Apache-2.0
 * Does not open. */
#define FIXTURE_OPEN_STATUS JF_UNAVAILABLE
#include "../check.h"

static jf_status run(jf_call *call) { return answer(call); }
