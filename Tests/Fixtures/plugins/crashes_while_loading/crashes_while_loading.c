/* SPDX-License-Identifier: Apache-2.0
 * Crashes in a constructor. */
#include "../fixture.h"

__attribute__((constructor)) static void crash(void) { *(volatile int *)8 = 1; }

static jf_status run(jf_call *call) { return echo(call); }
