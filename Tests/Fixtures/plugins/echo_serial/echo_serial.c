/* SPDX-License-Identifier: Apache-2.0
 * Returns its parameters; one call at a time. */
#include "../fixture.h"

static jf_status run(jf_call *call) { return echo(call); }
