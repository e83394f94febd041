/* SPDX-License-Identifier: Apache-2.0
 * URLs and forms, as Plugins/http/Sources/RequestURL.swift and FormFields.swift. */
#ifndef URL_H
#define URL_H

#include "../twin.h"

static int is_alphanumeric(uint8_t byte) {
  return (lower(byte) >= 'a' && lower(byte) <= 'z') || (byte >= '0' && byte <= '9');
}

static int is_one_of(uint8_t byte, const char *set) {
  return byte != 0 && strchr(set, byte) != NULL;
}

static int is_hex(uint8_t byte) {
  return (byte >= '0' && byte <= '9') || (lower(byte) >= 'a' && lower(byte) <= 'f');
}

static int is_token(jf_bytes view) {
  for (uint64_t i = 0; i < view.size; i++)
    if (!is_alphanumeric(view.data[i]) && !is_one_of(view.data[i], "!#$%&'*+-.^_`|~")) return 0;
  return view.size > 0;
}

static void append_escaped(grown *out, uint8_t byte) {
  static const char digits[] = "0123456789ABCDEF";
  char escape[3] = {'%', digits[byte >> 4], digits[byte & 15]};
  append(out, escape, 3);
}

/* Percent-encodes everything but the unreserved characters; `space` is "+" in forms. */
static void append_encoded(grown *out, jf_bytes view, int is_form) {
  for (uint64_t i = 0; i < view.size; i++) {
    uint8_t byte = view.data[i];
    if (is_alphanumeric(byte) || is_one_of(byte, "-._~"))
      append(out, &byte, 1);
    else if (byte == ' ' && is_form)
      append(out, "+", 1);
    else
      append_escaped(out, byte);
  }
}

/* A value as text; 0 for lists and objects. */
static int scalar(twin t, const jf_value *value, jf_bytes *out) {
  int64_t truth = 0;
  switch (type(t, value)) {
    case JF_NULL: *out = bytes_of(""); return 1;
    case JF_BOOLEAN:
      t.host->value->integer(value, &truth);
      *out = bytes_of(truth ? "true" : "false");
      return 1;
    case JF_INTEGER:
    case JF_NUMBER:
    case JF_TEXT: *out = text(t, value); return 1;
    default: return 0;
  }
}

/* Adds one pair of a query string or a form; 0 when the value is a list or an object. */
static int append_pair(twin t, grown *out, jf_bytes name, const jf_value *value, int is_form) {
  jf_bytes shown;
  if (!scalar(t, value, &shown)) return 0;
  if (out->size > 0) append(out, "&", 1);
  append_encoded(out, name, is_form);
  append(out, "=", 1);
  append_encoded(out, shown, is_form);
  return 1;
}

/* Adds the fields of a query or form body; 0 ends the call. */
static int append_fields(twin t, grown *out, const jf_value *body, jf_bytes kind, int is_form) {
  const jf_value_interface *v = t.host->value;
  if (type(t, body) != JF_OBJECT) {
    fail(t, JF_INVALID_INPUT, "bad_body",
         "body must be an object of names and values for body_kind %.*s", (int)kind.size,
         (const char *)kind.data);
    return 0;
  }
  for (const jf_value *value = v->first(body); value != NULL; value = v->next(value)) {
    int is_list = type(t, value) == JF_LIST;
    const jf_value *element = is_list ? v->first(value) : value;
    while (element != NULL) {
      if (!append_pair(t, out, v->name(value), element, is_form)) {
        jf_bytes name = v->name(value);
        fail(t, JF_INVALID_INPUT, "bad_body", "body.%.*s is a %s: a form takes values and lists",
             (int)name.size, (const char *)name.data, type_name(type(t, element)));
        return 0;
      }
      element = is_list ? v->next(element) : NULL;
    }
  }
  return 1;
}

static int bad_url(twin t, const char *message) {
  fail(t, JF_INVALID_INPUT, "bad_url", "%s", message);
  return 0;
}

/* Path and query of a URL with what is illegal encoded. */
static void append_path(grown *out, jf_bytes path, const grown *query) {
  int has_query = 0;
  for (uint64_t i = 0; i < path.size; i++) {
    uint8_t byte = path.data[i];
    int is_legal = is_alphanumeric(byte) || is_one_of(byte, "-._~:/?[]@!$&'()*+,;=");
    if (byte == '%')
      is_legal = i + 2 < path.size && is_hex(path.data[i + 1]) && is_hex(path.data[i + 2]);
    if (is_legal)
      append(out, &byte, 1);
    else
      append_escaped(out, byte);
    if (byte == '?') has_query = 1;
  }
  if (query->size == 0) return;
  uint8_t last = out->data[out->size - 1];
  if (!has_query)
    append(out, "?", 1);
  else if (last != '?' && last != '&')
    append(out, "&", 1);
  append(out, query->data, query->size);
}

/* The URL as it is sent; 0 ends the call. */
static int write_url(twin t, grown *out, jf_bytes url, const grown *query) {
  for (uint64_t i = 0; i < url.size; i++)
    if (url.data[i] < 32 || url.data[i] == 127)
      return bad_url(t, "url has a control character in it");
  while (url.size > 0 && url.data[0] == ' ') url.data++, url.size--;
  while (url.size > 0 && url.data[url.size - 1] == ' ') url.size--;
  if (url.size == 0) return bad_url(t, "url is empty");
  jf_bytes https = {url.data, url.size < 8 ? url.size : 8};
  jf_bytes http = {url.data, url.size < 7 ? url.size : 7};
  uint64_t start = alike(https, bytes_of("https://")) ? 8 : 0;
  if (start == 0 && alike(http, bytes_of("http://"))) start = 7;
  if (start == 0) return bad_url(t, "url must begin with http:// or https://");
  uint64_t end = start;
  while (end < url.size && !is_one_of(url.data[end], "/?#")) end++;
  int is_plain = end > start;
  for (uint64_t i = start; i < end; i++)
    if (!is_alphanumeric(url.data[i]) && !is_one_of(url.data[i], ".-_:[]")) is_plain = 0;
  if (!is_plain)
    return bad_url(
        t, "the host in url is empty or not plain ASCII: write its xn-- form, no user:pass@");
  append_text(out, start == 8 ? "https://" : "http://");
  append(out, url.data + start, end - start);
  jf_bytes path = {url.data + end, 0};
  while (end + path.size < url.size && url.data[end + path.size] != '#') path.size++;
  append_path(out, path, query);
  return 1;
}

#endif /* URL_H */
