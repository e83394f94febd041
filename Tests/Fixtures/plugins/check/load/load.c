/* SPDX-License-Identifier: Apache-2.0
 * Prints while it is loaded. */
#include <stdio.h>
#include "../check.h"

__attribute__((constructor)) static void greet(void) { puts("hello, world"); }

static jf_status run(jf_call *call) { return answer(call); }
