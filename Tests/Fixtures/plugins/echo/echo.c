/* SPDX-License-Identifier: Apache-2.0
 * Returns its parameters; many calls at once. */
#include "../fixture.h"

static jf_status run(jf_call *call) { return echo(call); }
