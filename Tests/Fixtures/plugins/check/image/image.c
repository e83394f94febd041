/* SPDX-License-Identifier: Apache-2.0
 * Its manifest names a file that is not there. */
#include "../check.h"

static jf_status run(jf_call *call) { return answer(call); }
