/* SPDX-License-Identifier: Apache-2.0
 * http.request in C: the twin of Plugins/http. */
#define _GNU_SOURCE
#include <time.h>

#include "url.h"

/* What repeating the request does. */
typedef enum { PURE, IDEMPOTENT, KEYED, AT_MOST_ONCE } effect;

/* Everything of one request while it is put together; freed by `discard`. */
typedef struct draft {
  grown method, url, query, body;
  jf_bytes content_type; /* empty: none */
  const jf_value *headers, *blob, *parts;
  effect effect;
} draft;

static void discard(draft *d) {
  free(d->method.data);
  free(d->url.data);
  free(d->query.data);
  free(d->body.data);
}

static jf_bytes parameter(twin t, const jf_value *parameters, const char *name) {
  return text(t, member(t, parameters, name));
}

/* ---- Method and effect ----------------------------------------------------------------------- */

static int read_method(twin t, draft *d, jf_bytes given) {
  static const char *const known[] = {"GET", "HEAD",  "OPTIONS", "POST",
                                      "PUT", "PATCH", "DELETE",  "TRACE"};
  if (given.size == 0) given = bytes_of("GET");
  if (!is_token(given)) {
    fail(t, JF_INVALID_INPUT, "bad_method",
         "method is no HTTP token: letters, digits and -_ only");
    return 0;
  }
  for (int i = 0; i < 8; i++)
    if (alike(given, bytes_of(known[i]))) given = bytes_of(known[i]);
  append(&d->method, given.data, given.size);
  return 1;
}

static effect settled(jf_bytes given, jf_bytes method) {
  if (is_text(given, "pure")) return PURE;
  if (is_text(given, "idempotent")) return IDEMPOTENT;
  if (is_text(given, "keyed")) return KEYED;
  if (is_text(given, "at_most_once")) return AT_MOST_ONCE;
  if (is_text(method, "GET") || is_text(method, "HEAD") || is_text(method, "OPTIONS")) return PURE;
  return is_text(method, "PUT") || is_text(method, "DELETE") ? IDEMPOTENT : AT_MOST_ONCE;
}

/* ---- Body ------------------------------------------------------------------------------------ */

/* A value as JSON text. The value table parses JSON; writing it is the plugin's. */
static void append_json(twin t, grown *out, const jf_value *value) {
  const jf_value_interface *v = t.host->value;
  jf_type found = type(t, value);
  jf_bytes view = text(t, value);
  int64_t truth = 0;
  if (found == JF_NULL) append_text(out, "null");
  if (found == JF_BOOLEAN) append_text(out, v->integer(value, &truth) && truth ? "true" : "false");
  if (found == JF_INTEGER || found == JF_NUMBER) append(out, view.data, view.size);
  if (found == JF_TEXT) {
    append_text(out, "\"");
    for (uint64_t i = 0; i < view.size; i++) {
      char escape[8];
      uint8_t byte = view.data[i];
      if (byte == '"' || byte == '\\') append_text(out, "\\");
      if (byte >= 32) {
        append(out, &byte, 1);
      } else {
        snprintf(escape, sizeof escape, "\\u%04x", byte);
        append_text(out, escape);
      }
    }
    append_text(out, "\"");
  }
  if (found != JF_LIST && found != JF_OBJECT) return;
  append_text(out, found == JF_LIST ? "[" : "{");
  const jf_value *first = v->first(value);
  for (const jf_value *child = first; child != NULL; child = v->next(child)) {
    if (child != first) append_text(out, ",");
    if (found == JF_OBJECT) {
      jf_builder *builder = begin(t);
      v->text_value(builder, v->name(child)); /* a name is escaped as a text is */
      append_json(t, out, v->finish(builder));
      append_text(out, ":");
    }
    append_json(t, out, child);
  }
  append_text(out, found == JF_LIST ? "]" : "}");
}

static int read_json(twin t, draft *d, const jf_value *body) {
  if (type(t, body) != JF_TEXT) {
    append_json(t, &d->body, body);
    return 1;
  }
  jf_builder *builder = begin(t);
  t.host->value->json(builder, text(t, body));
  if (t.host->value->finish(builder) == NULL) {
    fail(t, JF_INVALID_INPUT, "bad_body", "body is no JSON");
    return 0;
  }
  append(&d->body, text(t, body).data, text(t, body).size);
  return 1;
}

static int is_blob(twin t, const jf_value *value) {
  jf_bytes name = text(t, member(t, value, "blob"));
  return name.size > 7 && memcmp(name.data, "sha256-", 7) == 0;
}

static int add_part(twin t, jf_builder *builder, jf_bytes name, const jf_value *value) {
  const jf_value_interface *v = t.host->value;
  jf_bytes shown;
  v->object_begin(builder);
  put_text(t, builder, "name", name);
  if (is_blob(t, value)) {
    put_copy(t, builder, "blob", value);
    if (member(t, value, "name")) put_copy(t, builder, "file_name", member(t, value, "name"));
    if (member(t, value, "type")) put_copy(t, builder, "type", member(t, value, "type"));
  } else if (scalar(t, value, &shown)) {
    put_text(t, builder, "value", shown);
  } else {
    fail(t, JF_INVALID_INPUT, "bad_body", "body.%.*s is a %s: a part is a value, or a blob",
         (int)name.size, (const char *)name.data, type_name(type(t, value)));
    return 0;
  }
  v->end(builder);
  return 1;
}

static int read_parts(twin t, draft *d, const jf_value *body) {
  const jf_value_interface *v = t.host->value;
  int count = 0;
  jf_builder *builder = begin(t);
  v->list_begin(builder);
  for (const jf_value *value = v->first(body); value != NULL; value = v->next(value)) {
    int is_list = type(t, value) == JF_LIST;
    jf_bytes name = v->name(value);
    const jf_value *element = is_list ? v->first(value) : value;
    for (; element != NULL; element = is_list ? v->next(element) : NULL, count++)
      if (name.size == 0 || !add_part(t, builder, name, element)) {
        if (name.size == 0)
          fail(t, JF_INVALID_INPUT, "bad_body", "body has a part without a name: name it");
        return 0;
      }
  }
  v->end(builder);
  d->parts = v->finish(builder);
  if (type(t, body) == JF_OBJECT && count > 0 && count <= 100 && d->parts != NULL) return 1;
  fail(t, JF_INVALID_INPUT, "bad_body", "body must be an object of 1 to 100 values or blobs");
  return 0;
}

static int read_body(twin t, draft *d, const jf_value *parameters) {
  const jf_value *body = member(t, parameters, "body");
  jf_bytes kind = parameter(t, parameters, "body_kind"), raw;
  jf_bytes content_type = parameter(t, parameters, "content_type");
  int is_absent = type(t, body) == JF_NULL || (type(t, body) == JF_TEXT && text(t, body).size == 0);
  int is_none = kind.size == 0 || is_text(kind, "none");
  if (content_type.size > 0 && (is_none || is_text(kind, "query"))) {
    fail(t, JF_INVALID_INPUT, "bad_body", "content_type is given, but body_kind %s sends no body",
         is_none ? "none" : "query");
    return 0;
  }
  if (is_none) {
    if (is_absent) return 1;
    fail(t, JF_INVALID_INPUT, "bad_body", "body is given: say what it is in body_kind");
    return 0;
  }
  if (is_text(kind, "query")) return is_absent || append_fields(t, &d->query, body, kind, 0);
  if (is_text(kind, "multipart")) {
    if (content_type.size == 0) return read_parts(t, d, body);
    fail(t, JF_INVALID_INPUT, "bad_body",
         "content_type is given, but a multipart body writes its own: leave it out");
    return 0;
  }
  d->content_type = content_type;
  if (is_text(kind, "blob")) {
    if (!is_blob(t, body)) {
      fail(t, JF_INVALID_INPUT, "bad_body", "body must name a blob for body_kind blob");
      return 0;
    }
    d->blob = body;
    jf_bytes own = text(t, member(t, body, "type"));
    if (content_type.size == 0)
      d->content_type = own.size > 0 ? own : bytes_of("application/octet-stream");
    return 1;
  }
  const char *usual = "application/x-www-form-urlencoded";
  if (is_text(kind, "form")) {
    if (!is_absent && !append_fields(t, &d->body, body, kind, 1)) return 0;
  } else if (is_text(kind, "json")) {
    usual = "application/json";
    if (!read_json(t, d, body)) return 0;
  } else {
    usual = "text/plain; charset=utf-8";
    if (!scalar(t, body, &raw)) {
      fail(t, JF_INVALID_INPUT, "bad_body", "body must be a text for body_kind raw");
      return 0;
    }
    append(&d->body, raw.data, raw.size);
  }
  if (content_type.size == 0) d->content_type = bytes_of(usual);
  return 1;
}

/* ---- Headers --------------------------------------------------------------------------------- */

static int check_header(twin t, jf_bytes name, const jf_value *value) {
  static const char *const forbidden[] = {"host", "content-length", "transfer-encoding",
                                          "connection"};
  jf_bytes shown;
  if (!is_token(name)) {
    fail(t, JF_INVALID_INPUT, "bad_header", "header name is no HTTP token: %.*s", (int)name.size,
         (const char *)name.data);
    return 0;
  }
  for (int i = 0; i < 4; i++) {
    if (!alike(name, bytes_of(forbidden[i]))) continue;
    fail(t, JF_INVALID_INPUT, "forbidden_header",
         "header %.*s is written by the host: leave it out", (int)name.size,
         (const char *)name.data);
    return 0;
  }
  if (!scalar(t, value, &shown)) {
    fail(t, JF_INVALID_INPUT, "bad_header", "header %.*s is a %s: write a text", (int)name.size,
         (const char *)name.data, type_name(type(t, value)));
    return 0;
  }
  for (uint64_t i = 0; i < shown.size; i++) {
    if ((shown.data[i] >= 32 && shown.data[i] != 127) || shown.data[i] == '\t') continue;
    fail(t, JF_INVALID_INPUT, "control_character", "header %.*s has a control character in it",
         (int)name.size, (const char *)name.data);
    return 0;
  }
  return 1;
}

static int read_headers(twin t, draft *d, const jf_value *parameters) {
  const jf_value_interface *v = t.host->value;
  const jf_value *given = member(t, parameters, "headers");
  int names_type = parameter(t, parameters, "content_type").size > 0, has_type = 0;
  jf_builder *builder = begin(t);
  v->object_begin(builder);
  for (const jf_value *value = v->first(given); value != NULL; value = v->next(value)) {
    jf_bytes name = v->name(value), shown;
    int is_list = type(t, value) == JF_LIST;
    const jf_value *element = is_list ? v->first(value) : value;
    for (; element != NULL; element = is_list ? v->next(element) : NULL)
      if (type(t, element) != JF_NULL && !check_header(t, name, element)) return 0;
    int is_type = alike(name, bytes_of("content-type"));
    if (type(t, value) == JF_NULL || (is_type && names_type)) continue;
    has_type |= is_type;
    v->key(builder, name);
    if (is_list) {
      v->copy(builder, value);
    } else {
      scalar(t, value, &shown);
      v->text_value(builder, shown);
    }
  }
  if (d->content_type.size > 0 && !has_type) put_text(t, builder, "Content-Type", d->content_type);
  if (d->effect == KEYED) put_text(t, builder, "Idempotency-Key", t.host->call->key(t.call));
  v->end(builder);
  d->headers = v->finish(builder);
  if (d->headers == NULL) fail(t, JF_BUG, "headers", "the headers could not be built");
  return d->headers != NULL;
}

/* ---- The answer ------------------------------------------------------------------------------ */

/* Milliseconds a peer asks to wait; 0 when it does not. */
static int64_t retry_after(twin t, const jf_http_response *response) {
  char shown[64], *end = shown;
  jf_bytes view = text(t, member(t, response->headers, "retry-after-ms"));
  double factor = view.size > 0 ? 1 : 1000;
  if (view.size == 0) view = trimmed(text(t, member(t, response->headers, "retry-after")));
  if (view.size == 0 || view.size >= sizeof shown) return 0;
  memcpy(shown, view.data, view.size);
  shown[view.size] = 0;
  double number = strtod(shown, &end);
  if (*end == 0) return number < 0 ? 0 : (int64_t)((number > 86400 ? 86400 : number) * factor);
  struct tm until = {0}, from = {0};
  if (strptime(shown, "%a, %d %b %Y %H:%M:%S GMT", &until) == NULL) return 0;
  time_t now = time(NULL);
  view = text(t, member(t, response->headers, "date"));
  if (view.size > 0 && view.size < sizeof shown) {
    memcpy(shown, view.data, view.size);
    shown[view.size] = 0;
    if (strptime(shown, "%a, %d %b %Y %H:%M:%S GMT", &from) != NULL) now = timegm(&from);
  }
  int64_t seconds = timegm(&until) - now;
  return seconds < 0 ? 0 : seconds * 1000;
}

static const jf_value *result_of(twin t, const draft *d, const jf_http_response *response) {
  const jf_value_interface *v = t.host->value;
  int is_empty = response->body.size == 0 || response->status == 204 ||
                 is_text(view_of(&d->method), "HEAD");
  jf_builder *builder = begin(t);
  v->object_begin(builder);
  put_integer(t, builder, "status", response->status);
  put_copy(t, builder, "headers", response->headers);
  if (!is_empty && response->json != NULL) put_copy(t, builder, "json", response->json);
  if (!is_empty && response->json == NULL) put_text(t, builder, "text", response->body);
  int64_t bytes = (int64_t)response->body.size;
  if (response->blob != NULL) {
    put_copy(t, builder, "body", response->blob);
    v->integer(member(t, response->blob, "bytes"), &bytes);
  }
  put_text(t, builder, "mapping", bytes_of("none"));
  put_text(t, builder, "url", response->url);
  put_integer(t, builder, "ms", response->elapsed_ms);
  put_integer(t, builder, "bytes", bytes);
  v->end(builder);
  return v->finish(builder);
}

static void meaning(int32_t status, effect effect, jf_status *class, const char **code) {
  *class = JF_FAILED;
  *code = "http_failed";
  if (status == 401 || status == 403) *class = JF_DENIED, *code = "http_denied";
  if (status == 404 || status == 410) *class = JF_NOT_FOUND, *code = "http_not_found";
  if (status == 409) *class = JF_CONFLICT, *code = "http_conflict";
  if (status == 429) *class = JF_RATE_LIMITED, *code = "http_rate_limited";
  if (status == 400 || status == 422) *class = JF_INVALID_INPUT, *code = "http_refused";
  if (status < 500 || status > 599) return;
  *class = effect == AT_MOST_ONCE ? JF_FAILED : JF_UNAVAILABLE;
  *code = effect == AT_MOST_ONCE ? "http_server_error" : "http_server_unavailable";
}

static jf_status answer(twin t, const draft *d, const jf_http_response *response) {
  const jf_value *result = result_of(t, d, response);
  if (response->status < 400) return succeed(t, result);
  char message[32], status[16];
  const char *code;
  snprintf(message, sizeof message, "HTTP %d", response->status);
  snprintf(status, sizeof status, "%d", response->status);
  jf_error error = {.size = sizeof error};
  meaning(response->status, d->effect, &error.status, &code);
  error.code = bytes_of(code);
  error.message = bytes_of(message);
  error.provider_code = bytes_of(status);
  error.retry_after_ms = retry_after(t, response);
  error.detail = result;
  t.host->call->result_error(t.call, &error);
  return JF_OK;
}

/* A lost answer to a request that may be repeated is merely unavailable. */
static jf_status lost(twin t, const draft *d) {
  jf_error error = {.size = sizeof error};
  if (t.host->call->last_error(t.call, &error) != JF_OK) return pass_on(t);
  if (error.status == JF_UNKNOWN_OUTCOME && d->effect != AT_MOST_ONCE)
    error.status = JF_UNAVAILABLE;
  t.host->call->result_error(t.call, &error);
  return JF_OK;
}

static jf_status send_request(twin t, draft *d, const jf_value *parameters) {
  if (!read_method(t, d, parameter(t, parameters, "method"))) return JF_OK;
  d->effect = settled(parameter(t, parameters, "effect"), view_of(&d->method));
  if (!read_body(t, d, parameters) || !read_headers(t, d, parameters)) return JF_OK;
  if (!write_url(t, &d->url, parameter(t, parameters, "url"), &d->query)) return JF_OK;
  int64_t follows = 1, most = 0;
  t.host->value->integer(member(t, parameters, "follow_redirects"), &follows);
  t.host->value->integer(member(t, parameters, "max_response"), &most);
  int saves = is_text(parameter(t, parameters, "save_body"), "blob");
  if (!saves && most > 10 << 20) {
    fail(t, JF_INVALID_INPUT, "bad_max_response",
         "an answer that is not saved has at most 10 MiB: say save_body: blob");
    return JF_OK;
  }
  jf_http_request request = {.size = sizeof request};
  request.save_body = (uint32_t)saves;
  request.body_blob = d->blob;
  request.parts = d->parts;
  request.method = view_of(&d->method);
  request.url = view_of(&d->url);
  request.headers = d->headers;
  request.body = view_of(&d->body);
  request.credential = parameter(t, parameters, "credential");
  request.max_response_bytes = (uint64_t)most;
  request.max_redirects = follows ? 5 : 0;
  const jf_http_response *response = NULL;
  if (t.host->http->send(t.call, &request, &response) != JF_OK) return lost(t, d);
  return answer(t, d, response);
}

/* ---- The tables ------------------------------------------------------------------------------ */

static int32_t find_action(jf_instance *instance, jf_bytes id) {
  (void)instance;
  return is_text(id, "http.request") ? 0 : -1;
}

static jf_status run(jf_instance *instance, int32_t action, jf_call *call) {
  (void)action;
  twin t = {instance, call};
  if (instance->http == NULL)
    return fail(t, JF_DENIED, "http_not_granted",
                "this plugin is granted no hosts: grant the host it needs");
  draft d = {0};
  jf_status status = send_request(t, &d, instance->call->parameters(call));
  discard(&d);
  return status;
}

static jf_status open_plugin(const jf_host *host, const jf_value *settings, jf_instance **out) {
  (void)settings;
  if (!JF_HAS(host, interface)) return JF_UNAVAILABLE;
  jf_instance *instance = calloc(1, sizeof *instance);
  if (instance == NULL) return JF_UNAVAILABLE;
  instance->value = host->interface(host, JF_VALUE_INTERFACE);
  instance->call = host->interface(host, JF_CALL_INTERFACE);
  instance->http = host->interface(host, JF_HTTP_INTERFACE);
  *out = instance;
  return JF_OK;
}

static void close_plugin(jf_instance *instance) { free(instance); }

static const jf_action_interface actions = {sizeof actions, 0, find_action, run};

static const void *offer(jf_instance *instance, const char *id) {
  (void)instance;
  return strcmp(id, JF_ACTION_INTERFACE) == 0 ? &actions : NULL;
}

static const jf_plugin plugin = {sizeof plugin, JF_ABI_MAJOR, JF_ABI_MINOR,
                                 open_plugin,   close_plugin, offer};

JF_EXPORT const jf_plugin *jf_plugin_entry_v0(uint32_t host_minor) {
  (void)host_minor;
  return &plugin;
}
