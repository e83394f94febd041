/* SPDX-License-Identifier: Apache-2.0
 * Posts {"body": text} to {"url": text}; instead of that hangs, crashes or exits when "mode" is
 * "hang", "crash" or "exit", and says so on its standard error first. */
#include "../fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static jf_bytes member(jf_call *call, const char *name) {
  return values->text(values->child(calls->parameters(call), text(name)));
}

/* Whether the mode is this one; it is announced, since the call will not return. */
static int is_told(jf_call *call, const char *mode) {
  jf_bytes told = member(call, "mode");
  if (told.size != strlen(mode) || memcmp(told.data, mode, told.size) != 0) return 0;
  fprintf(stderr, "told to %s\n", mode);
  fflush(stderr);
  return 1;
}

static jf_status run(jf_call *call) {
  while (is_told(call, "hang")) pause();
  if (is_told(call, "crash")) *(volatile int *)8 = 1;
  if (is_told(call, "exit")) exit(3);
  const jf_http_interface *table = host->interface(host, JF_HTTP_INTERFACE);
  if (table == NULL) return fail(call, JF_DENIED, "not_granted");
  jf_http_request request = {.size = sizeof request, .method = text("POST")};
  request.url = member(call, "url");
  request.body = member(call, "body");
  const jf_http_response *response = NULL;
  jf_status status = table->send(call, &request, &response);
  if (status == JF_OK) return echo(call);
  jf_error error = {.size = sizeof error};
  return calls->last_error(call, &error) == JF_OK ? calls->result_error(call, &error) : status;
}
