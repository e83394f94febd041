/* SPDX-License-Identifier: Apache-2.0
 * Sends one request with a credential and tells everything it was given: on its standard error, so
 * in the host's log, and as its result. */
#include "../fixture.h"

#include <stdio.h>

static void tell(const char *what, jf_bytes bytes) {
  fprintf(stderr, "%s: %.*s\n", what, (int)bytes.size, (const char *)bytes.data);
}

static void tell_members(const char *what, const jf_value *object) {
  for (const jf_value *at = values->first(object); at != NULL; at = values->next(at)) {
    tell(what, values->name(at));
    tell(what, values->text(at));
  }
}

static jf_status tell_error(jf_call *call, jf_status status) {
  jf_error error = {.size = sizeof error};
  if (calls->last_error(call, &error) != JF_OK) return status;
  tell("code", error.code);
  tell("message", error.message);
  return calls->result_error(call, &error);
}

static jf_status run(jf_call *call) {
  const jf_value *parameters = calls->parameters(call);
  const jf_value *shown = NULL;
  jf_bytes name = values->text(values->child(parameters, text("credential")));
  if (calls->credential(call, name, &shown) == JF_OK) tell_members("credential", shown);
  const jf_http_interface *http = host->interface(host, JF_HTTP_INTERFACE);
  jf_http_request request = {.size = sizeof request, .method = text("POST")};
  request.url = values->text(values->child(parameters, text("url")));
  request.body = text("what is sent");
  request.credential = name;
  request.max_redirects = 3;
  const jf_http_response *response = NULL;
  jf_status status = http->send(call, &request, &response);
  if (status != JF_OK) return tell_error(call, status);
  tell("url", response->url);
  tell_members("header", response->headers);
  tell("body", response->body);
  return calls->result_value(call, response->json != NULL ? response->json : response->headers);
}
