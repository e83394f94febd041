/* SPDX-License-Identifier: Apache-2.0
 * Needs a library that nobody has installed. */
#include "../check.h"

int nowhere(void);

static jf_status run(jf_call *call) { return nowhere() ? JF_BUG : answer(call); }
