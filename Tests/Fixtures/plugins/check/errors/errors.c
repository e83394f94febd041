/* SPDX-License-Identifier: Apache-2.0
 * Answers an error that its manifest does not know. */
#include "../check.h"

static jf_status run(jf_call *call) {
  const jf_http_response *response = NULL;
  jf_status status = post(call, NULL, &response);
  if (status != JF_OK) return pass_on(call, status);
  if (response->status >= 500) return refuse(call, JF_UNAVAILABLE, "peer_down", "the peer is down");
  return answer(call);
}
