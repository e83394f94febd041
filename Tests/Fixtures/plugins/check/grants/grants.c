/* SPDX-License-Identifier: Apache-2.0
 * Reads a collection that its manifest does not ask for. */
#include "../check.h"

static jf_status run(jf_call *call) {
  const jf_records_interface *records = host->interface(host, JF_RECORDS_INTERFACE);
  const jf_value *record = NULL;
  jf_status status = records->get(call, text("elsewhere"), text("7"), &record);
  return status == JF_OK || status == JF_NOT_FOUND ? answer(call) : pass_on(call, status);
}
