/* SPDX-License-Identifier: Apache-2.0
 * What both twins need: the host's tables, texts that grow, errors. */
#ifndef TWIN_H
#define TWIN_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jackfield/http.h"
#include "jackfield/records.h"

/* One instance: the tables, constant after `open`. */
struct jf_instance {
  const jf_value_interface *value;
  const jf_call_interface *call;
  const jf_records_interface *records;
  const jf_http_interface *http;
};

/* One call, as every function here takes it. */
typedef struct twin {
  const jf_instance *host;
  jf_call *call;
} twin;

static inline jf_bytes bytes_of(const char *text) {
  jf_bytes view = {(const uint8_t *)text, strlen(text)};
  return view;
}

static inline int is_text(jf_bytes view, const char *text) {
  return view.size == strlen(text) && (view.size == 0 || memcmp(view.data, text, view.size) == 0);
}

static inline int same(jf_bytes a, jf_bytes b) {
  return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static inline uint8_t lower(uint8_t byte) {
  return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + 32) : byte;
}

/* Equal without case, in ASCII. */
static inline int alike(jf_bytes a, jf_bytes b) {
  if (a.size != b.size) return 0;
  for (uint64_t i = 0; i < a.size; i++)
    if (lower(a.data[i]) != lower(b.data[i])) return 0;
  return 1;
}

static inline jf_bytes trimmed(jf_bytes view) {
  while (view.size > 0 && (view.data[0] == ' ' || (view.data[0] >= 9 && view.data[0] <= 13))) {
    view.data++;
    view.size--;
  }
  while (view.size > 0) {
    uint8_t last = view.data[view.size - 1];
    if (last != ' ' && (last < 9 || last > 13)) break;
    view.size--;
  }
  return view;
}

static inline const jf_value *member(twin t, const jf_value *object, const char *name) {
  return t.host->value->child(object, bytes_of(name));
}

static inline jf_bytes text(twin t, const jf_value *value) { return t.host->value->text(value); }

static inline jf_type type(twin t, const jf_value *value) { return t.host->value->type(value); }

static inline jf_builder *begin(twin t) { return t.host->call->builder(t.call); }

static inline void key(twin t, jf_builder *builder, const char *name) {
  t.host->value->key(builder, bytes_of(name));
}

static inline void put_text(twin t, jf_builder *builder, const char *name, jf_bytes view) {
  key(t, builder, name);
  t.host->value->text_value(builder, view);
}

static inline void put_integer(twin t, jf_builder *builder, const char *name, int64_t integer) {
  key(t, builder, name);
  t.host->value->integer_value(builder, integer);
}

static inline void put_copy(twin t, jf_builder *builder, const char *name, const jf_value *value) {
  key(t, builder, name);
  t.host->value->copy(builder, value);
}

static inline const char *type_name(jf_type type) {
  static const char *const names[] = {"null",   "boolean", "integer", "number",
                                      "text",   "list",    "object"};
  return type >= JF_NULL && type <= JF_OBJECT ? names[type] : "other";
}

/* Ends the call with an error; answers what `run` is to return. */
static inline jf_status fail(twin t, jf_status status, const char *code, const char *format, ...) {
  char message[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  jf_error error = {.size = sizeof error, .status = status};
  error.code = bytes_of(code);
  error.message = bytes_of(message);
  t.host->call->result_error(t.call, &error);
  return JF_OK;
}

/* Ends the call with the error of the service that just failed. */
static inline jf_status pass_on(twin t) {
  jf_error error = {.size = sizeof error};
  if (t.host->call->last_error(t.call, &error) != JF_OK)
    return fail(t, JF_BUG, "service", "a service failed without an error");
  t.host->call->result_error(t.call, &error);
  return JF_OK;
}

static inline jf_status succeed(twin t, const jf_value *value) {
  if (value != NULL && t.host->call->result_value(t.call, value) == JF_OK) return JF_OK;
  return fail(t, JF_FAILED, "result_too_large",
              "the result is over 1 MiB: ask for less, or keep less of it");
}

/* Bytes that grow; freed by their owner. */
typedef struct grown {
  uint8_t *data;
  uint64_t size, room;
} grown;

static inline void append(grown *out, const void *data, uint64_t size) {
  if (out->size + size > out->room) {
    out->room = (out->size + size) * 2 + 64;
    out->data = realloc(out->data, out->room);
    if (out->data == NULL) abort();
  }
  if (size > 0) memcpy(out->data + out->size, data, size);
  out->size += size;
}

static inline void append_text(grown *out, const char *text) { append(out, text, strlen(text)); }

static inline jf_bytes view_of(const grown *bytes) {
  jf_bytes view = {bytes->data, bytes->size};
  return view;
}

#endif /* TWIN_H */
