/* SPDX-License-Identifier: Apache-2.0
 * Stops itself in a constructor, until somebody lets it go on. */
#include "../fixture.h"

#include <signal.h>

__attribute__((constructor)) static void stop(void) { raise(SIGSTOP); }

static jf_status run(jf_call *call) { return echo(call); }
