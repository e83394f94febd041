/* SPDX-License-Identifier: Apache-2.0
 * Uses its call after it has returned: the next call reports what came of it. */
#include "../fixture.h"

static jf_call *kept;
static jf_builder *kept_builder;

static jf_status run(jf_call *call) {
  if (kept == NULL) {
    kept = call;
    kept_builder = calls->builder(call);
    return echo(call);
  }
  /* Every function on the call before this one, which has returned. */
  int refused = calls->result_value(kept, calls->parameters(call)) == JF_BUG;
  refused &= calls->cancelled(kept) == 1 && calls->budget_ms(kept) == 0;
  refused &= values->count(calls->parameters(kept)) == 0 && calls->key(kept).size == 0;
  refused &= calls->credential(kept, text("any"), NULL) == JF_BUG;
  calls->log(kept, JF_LEVEL_INFO, text("late"));
  values->null(kept_builder);
  refused &= values->finish(kept_builder) == NULL;
  refused &= values->finish(calls->builder(kept)) == NULL;

  jf_builder *builder = calls->builder(call);
  values->object_begin(builder);
  values->key(builder, text("refused"));
  values->boolean(builder, refused);
  values->end(builder);
  return calls->result_value(call, values->finish(builder));
}
