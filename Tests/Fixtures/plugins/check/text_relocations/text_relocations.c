/* SPDX-License-Identifier: Apache-2.0
 * Has an address in its code that loading fills in. */
#include "../check.h"

static jf_status run(jf_call *call) { return answer(call); }

__asm__(".pushsection .text\n.quad fixture_plugin\n.popsection");
