/* SPDX-License-Identifier: Apache-2.0
 * Has a key in its manifest that no manifest has. */
#include "../check.h"

static jf_status run(jf_call *call) { return answer(call); }
