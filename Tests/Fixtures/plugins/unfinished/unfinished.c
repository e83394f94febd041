/* SPDX-License-Identifier: Apache-2.0
 * Marks a builder and sets what it gives as its result. */
#include "../fixture.h"

static jf_status run(jf_call *call) {
  jf_builder *builder = calls->builder(call);
  values->object_begin(builder);
  values->null(builder); /* a value without a key */
  if (values->finish(builder) != NULL) return JF_BUG;
  return fail(call, JF_INVALID_INPUT, "marked");
}
