/* SPDX-License-Identifier: Apache-2.0
 * Receives for channels of a made-up kind. Its only action is handed {channel, body, headers?}: it
 * raises each of body.entries [{kind, key?, event}], tells body.news [{key, news}], ends without
 * knowing where body.lost is 1, waits for news of body.wait targets for body.within milliseconds,
 * and fails after all of it where body.fails is 1. */
#include "../fixture.h"

static jf_status entries(jf_call *call, const jf_events_interface *table, const jf_value *body,
                         jf_builder *out) {
  const jf_value *each = values->first(values->child(body, text("entries")));
  for (; each != NULL; each = values->next(each)) {
    const jf_value *told = NULL;
    jf_status status = table->raise(
        call, values->text(values->child(each, text("kind"))),
        values->text(values->child(each, text("key"))), values->child(each, text("event")), &told);
    if (status != JF_OK) return status;
    values->copy(out, told);
  }
  return JF_OK;
}

static jf_status news(jf_call *call, const jf_events_interface *table, const jf_value *body,
                      jf_builder *out) {
  const jf_value *each = values->first(values->child(body, text("news")));
  for (; each != NULL; each = values->next(each)) {
    const jf_value *told = NULL;
    jf_status status = table->settle(call, values->text(values->child(each, text("key"))),
                                     values->child(each, text("news")), &told);
    if (status != JF_OK) return status;
    values->copy(out, told);
  }
  return JF_OK;
}

static int is_one(const jf_value *body, const char *name) {
  int64_t number = 0;
  return values->integer(values->child(body, text(name)), &number) && number == 1;
}

static jf_status run(jf_call *call) {
  const jf_events_interface *table = host->interface(host, JF_EVENTS_INTERFACE);
  if (table == NULL) return fail(call, JF_DENIED, "not_offered");
  const jf_value *body = values->child(calls->parameters(call), text("body"));
  if (is_one(body, "lost")) return fail(call, JF_UNKNOWN_OUTCOME, "lost");
  jf_builder *builder = calls->builder(call);
  values->object_begin(builder);
  values->key(builder, text("raised"));
  values->list_begin(builder);
  jf_status status = entries(call, table, body, builder);
  values->end(builder);
  values->key(builder, text("settled"));
  values->list_begin(builder);
  if (status == JF_OK) status = news(call, table, body, builder);
  values->end(builder);
  values->key(builder, text("got"));
  values->copy(builder, calls->parameters(call));
  values->end(builder);
  const jf_value *result = values->finish(builder);
  if (status != JF_OK) {
    jf_error error = {.size = sizeof error};
    calls->last_error(call, &error);
    return calls->result_error(call, &error);
  }
  if (is_one(body, "fails")) return fail(call, JF_FAILED, "told_to");
  int64_t count = 0, within = 0;
  if (values->integer(values->child(body, text("wait")), &count) &&
      values->integer(values->child(body, text("within")), &within))
    return calls->result_wait(call, result, count, within);
  return calls->result_value(call, result);
}
