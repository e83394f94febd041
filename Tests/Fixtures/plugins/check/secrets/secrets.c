/* SPDX-License-Identifier: Apache-2.0
 * Logs what the peer answers. */
#include "../check.h"

static jf_status run(jf_call *call) {
  const jf_http_response *response = NULL;
  jf_status status = post(call, NULL, &response);
  if (status != JF_OK) return pass_on(call, status);
  calls->log(call, JF_LEVEL_INFO, response->body);
  return answer(call);
}
