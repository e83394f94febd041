/* SPDX-License-Identifier: Apache-2.0
 * Says that its table is smaller than it is. */
#define FIXTURE_PLUGIN_SIZE 16
#include "../fixture.h"

static jf_status run(jf_call *call) { return echo(call); }
