/* SPDX-License-Identifier: Apache-2.0
 * Tries again until it is cancelled, in time or not. */
#include "../check.h"

static jf_status run(jf_call *call) {
  const jf_http_response *response = NULL;
  jf_status status = post(call, NULL, &response);
  while (status == JF_UNAVAILABLE && !calls->cancelled(call)) status = post(call, NULL, &response);
  return status == JF_OK ? answer(call) : pass_on(call, status);
}
