/* SPDX-License-Identifier: Apache-2.0
 * Succeeds where its second example shows an error. */
#include "../check.h"

static jf_status run(jf_call *call) { return answer(call); }
