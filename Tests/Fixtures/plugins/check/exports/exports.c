/* SPDX-License-Identifier: Apache-2.0
 * Exports a second function. */
#include "../check.h"

JF_EXPORT int second(void);
int second(void) { return 2; }

static jf_status run(jf_call *call) { return answer(call); }
