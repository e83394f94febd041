/* SPDX-License-Identifier: Apache-2.0
 * Prints to both standard streams; logs n lines with a control character on {"logs": n}. */
#include "../fixture.h"

#include <stdio.h>

static jf_status run(jf_call *call) {
  printf("a line from printf\n");
  fprintf(stderr, "a line on stderr\n");
  host->log(host, JF_LEVEL_WARNING, text("a line of the plugin"));
  calls->log(call, JF_LEVEL_INFO, text("a line of the call"));
  int64_t count = 0;
  values->integer(values->child(calls->parameters(call), text("logs")), &count);
  for (int64_t i = 0; i < count; i++) calls->log(call, JF_LEVEL_INFO, text("one\x1b[31m\nmore"));
  return echo(call);
}
