/* SPDX-License-Identifier: Apache-2.0
 * Refuses every later host. */
#define FIXTURE_ENTRY (host_minor > JF_ABI_MINOR ? NULL : &fixture_plugin)
#include "../check.h"

static jf_status run(jf_call *call) { return answer(call); }
