/* SPDX-License-Identifier: Apache-2.0
 * Tells the peer which process it is, so that no retry looks like the first try. */
#include <stdio.h>
#include <unistd.h>
#include "../check.h"

static jf_status run(jf_call *call) {
  jf_builder *builder = calls->builder(call);
  char number[24];
  snprintf(number, sizeof number, "%d", (int)getpid());
  values->object_begin(builder);
  values->key(builder, text("X-Process"));
  values->text_value(builder, text(number));
  values->end(builder);
  const jf_http_response *response = NULL;
  jf_status status = post(call, values->finish(builder), &response);
  return status == JF_OK ? answer(call) : pass_on(call, status);
}
