/* SPDX-License-Identifier: Apache-2.0
 * Declares itself pure and writes a record. */
#include "../check.h"

static jf_status run(jf_call *call) {
  const jf_records_interface *records = host->interface(host, JF_RECORDS_INTERFACE);
  jf_builder *builder = calls->builder(call);
  values->object_begin(builder);
  values->end(builder);
  const jf_value *fields = values->finish(builder);
  const jf_value *record = NULL;
  jf_status status = records->put(call, text("thing"), text("7"), JF_VERSION_MERGE, fields, &record);
  return status == JF_OK ? answer(call) : pass_on(call, status);
}
