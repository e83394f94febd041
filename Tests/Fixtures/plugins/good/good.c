/* SPDX-License-Identifier: Apache-2.0
 * Does everything well: sends, writes, and passes errors on. */
#include "../check/check.h"

static jf_status run(jf_call *call) {
  const jf_http_response *response = NULL;
  jf_status status = http() == NULL ? JF_OK : post(call, NULL, &response);
  return status == JF_OK ? answer(call) : pass_on(call, status);
}
