/* SPDX-License-Identifier: Apache-2.0
 * Has a search path written into it. */
#include "../check.h"

static jf_status run(jf_call *call) { return answer(call); }
