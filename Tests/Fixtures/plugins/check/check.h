/* SPDX-License-Identifier: Apache-2.0
 * 
 * check.h: a well-made action, from which each fixture of a check differs in one thing. It takes
 * {text: 1 to 100 characters, count?: 0 to 1000} and answers both.
 */
#ifndef JACKFIELD_CHECK_H
#define JACKFIELD_CHECK_H

#include "../fixture.h"

static inline jf_status refuse(jf_call *call, jf_status status, const char *code,
                               const char *message) {
  jf_error error = {.size = sizeof error, .status = status, .code = text(code)};
  error.message = text(message);
  return calls->result_error(call, &error);
}

static inline const jf_value *parameter(jf_call *call, const char *name) {
  return values->child(calls->parameters(call), text(name));
}

static inline int64_t count_of(jf_call *call) {
  int64_t count = 0;
  values->integer(parameter(call, "count"), &count);
  return count;
}

static inline jf_status answer(jf_call *call) {
  const jf_value *given = parameter(call, "text");
  if (values->type(given) != JF_TEXT || values->text(given).size == 0)
    return refuse(call, JF_INVALID_INPUT, "bad_text", "text must be a text that is not empty");
  jf_builder *builder = calls->builder(call);
  values->object_begin(builder);
  values->key(builder, text("text"));
  values->text_value(builder, values->text(given));
  values->key(builder, text("count"));
  values->integer_value(builder, count_of(call));
  values->end(builder);
  const jf_value *value = values->finish(builder);
  if (value == NULL) return refuse(call, JF_FAILED, "too_large", "the text is too large");
  if (calls->result_value(call, value) == JF_OK) return JF_OK;
  return refuse(call, JF_FAILED, "too_large", "the text is too large");
}

static inline const jf_http_interface *http(void) {
  return host->interface(host, JF_HTTP_INTERFACE);
}

/* Sends one request and passes an error on. */
static inline jf_status post(jf_call *call, const jf_value *headers,
                             const jf_http_response **response) {
  jf_http_request request = {.size = sizeof request, .url = text("http://127.0.0.1/a")};
  request.method = text("POST");
  request.headers = headers;
  return http()->send(call, &request, response);
}

/* Answers the error of the service that failed last. */
static inline jf_status pass_on(jf_call *call, jf_status status) {
  jf_error error = {.size = sizeof error};
  if (calls->last_error(call, &error) == JF_OK) return calls->result_error(call, &error);
  return refuse(call, status, "service_failed", "the host did not do what was asked");
}

#endif
