/* SPDX-License-Identifier: Apache-2.0
 * Posts {"body": text} to {"url": text} {"times": n} times, one after the other, or at once with
 * {"together": true}; asks for {"credential": name} first where one is named; then ends as
 * {"end": "crash" | "exit" | "spin" | "fail"} says, else with the statuses in the order in which they
 * came. */
#include "../fixture.h"

#include <stdlib.h>

static jf_bytes member(jf_call *call, const char *name) {
  return values->text(values->child(calls->parameters(call), text(name)));
}

static int is_told(jf_call *call, const char *end) {
  jf_bytes told = member(call, "end");
  return told.size == strlen(end) && memcmp(told.data, end, told.size) == 0;
}

__attribute__((noinline)) static void talks_crash(volatile int *place) { *place = 1; }

__attribute__((noinline)) static void talks_spin(void) {
  for (volatile uint64_t turns = 0;; turns++) continue;
}

typedef struct answers {
  int64_t status[16];
  uint64_t place[16];
  int64_t count;
} answers;

static void take(
    jf_call *call, void *user, uint64_t index, jf_status status, const jf_http_response *response) {
  (void)call;
  answers *all = user;
  if (all->count == 16) return;
  all->place[all->count] = index;
  all->status[all->count++] = response ? response->status : -status;
}

static jf_status ask(jf_call *call, answers *all) {
  const jf_http_interface *table = host->interface(host, JF_HTTP_INTERFACE);
  if (table == NULL) return fail(call, JF_DENIED, "not_granted");
  jf_http_request request = {.size = sizeof request, .method = text("POST")};
  request.url = member(call, "url");
  request.body = member(call, "body");
  request.credential = member(call, "credential");
  /* As much as is left: another number each time. */
  request.timeout_ms = calls->budget_ms(call);
  int64_t times = 0;
  values->integer(values->child(calls->parameters(call), text("times")), &times);
  if (times > 16) times = 16;
  if (wants(call, "together")) {
    const jf_http_request *requests[16];
    for (int64_t i = 0; i < times; i++) requests[i] = &request;
    table->perform(call, requests, (uint64_t)times, 16, take, all);
    return JF_OK;
  }
  for (int64_t i = 0; i < times; i++) {
    const jf_http_response *response = NULL;
    jf_status status = table->send(call, &request, &response);
    take(call, all, (uint64_t)i, status, response);
  }
  return JF_OK;
}

static jf_status run(jf_call *call) {
  answers all = {.count = 0};
  if (member(call, "credential").size > 0) {
    const jf_value *shown = NULL;
    calls->credential(call, member(call, "credential"), &shown);
  }
  jf_status status = ask(call, &all);
  if (status != JF_OK) return status;
  calls->log(call, 1, text("asked"));
  if (is_told(call, "crash")) talks_crash((volatile int *)8);
  if (is_told(call, "exit")) exit(3);
  if (is_told(call, "spin")) talks_spin();
  if (is_told(call, "fail")) return fail(call, JF_FAILED, "told_to");
  jf_builder *builder = calls->builder(call);
  values->object_begin(builder);
  values->key(builder, text("answers"));
  values->list_begin(builder);
  for (int64_t i = 0; i < all.count; i++) {
    values->integer_value(builder, (int64_t)all.place[i] * 1000 + all.status[i]);
  }
  values->end(builder);
  values->end(builder);
  return calls->result_value(call, values->finish(builder));
}
