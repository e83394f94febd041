/* SPDX-License-Identifier: Apache-2.0
 * Sets a result of 2 MiB, then what came of it. */
#include "../fixture.h"

#include <stdlib.h>

static jf_status run(jf_call *call) {
  size_t size = 2 << 20;
  uint8_t *large = malloc(size);
  memset(large, 'x', size);
  jf_builder *builder = calls->builder(call);
  values->object_begin(builder);
  values->key(builder, text("large"));
  jf_bytes bytes = {large, size};
  values->text_value(builder, bytes);
  values->end(builder);
  jf_status status = calls->result_value(call, values->finish(builder));
  free(large);
  return status == JF_BUG ? fail(call, JF_FAILED, "refused") : JF_BUG;
}
