/* SPDX-License-Identifier: Apache-2.0
 * Says that it has sent what was denied. */
#include "../check.h"

static jf_status run(jf_call *call) {
  const jf_http_response *response = NULL;
  post(call, NULL, &response);
  return answer(call);
}
