/* SPDX-License-Identifier: Apache-2.0
 * Was built for ABI 99. */
#define FIXTURE_ABI_MAJOR 99
#include "../fixture.h"

static jf_status run(jf_call *call) { return echo(call); }
