/* SPDX-License-Identifier: Apache-2.0
 * Returns without a result: JF_OK, or the class {"status": n}. */
#include "../fixture.h"

static jf_status run(jf_call *call) {
  int64_t status = JF_OK;
  values->integer(values->child(calls->parameters(call), text("status")), &status);
  return (jf_status)status;
}
