/* SPDX-License-Identifier: Apache-2.0
 * Has no build id. */
#include "../check.h"

static jf_status run(jf_call *call) { return answer(call); }
