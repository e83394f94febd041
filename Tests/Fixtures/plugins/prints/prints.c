/* SPDX-License-Identifier: Apache-2.0
 * Prints to both standard streams. */
#include "../fixture.h"

#include <stdio.h>

static jf_status run(jf_call *call) {
  printf("a line from printf\n");
  fprintf(stderr, "a line on stderr\n");
  host->log(host, JF_LEVEL_WARNING, text("a line of the plugin"));
  calls->log(call, JF_LEVEL_INFO, text("a line of the call"));
  return echo(call);
}
