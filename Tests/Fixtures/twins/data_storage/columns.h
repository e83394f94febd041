/* SPDX-License-Identifier: Apache-2.0
 * Values of columns: what a storage accepts, as Plugins/data_storage/Sources/ColumnValue.swift. */
#ifndef COLUMNS_H
#define COLUMNS_H

#include "../twin.h"

static int digits(jf_bytes view, uint64_t from, uint64_t count, int *out) {
  if (view.size < from + count) return 0;
  *out = 0;
  for (uint64_t i = from; i < from + count; i++) {
    if (view.data[i] < '0' || view.data[i] > '9') return 0;
    *out = *out * 10 + (view.data[i] - '0');
  }
  return 1;
}

static int is_date(jf_bytes view) {
  int year, month, day;
  if (view.size != 10 || view.data[4] != '-' || view.data[7] != '-') return 0;
  if (!digits(view, 0, 4, &year) || !digits(view, 5, 2, &month) || !digits(view, 8, 2, &day))
    return 0;
  static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12) return 0;
  int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day >= 1 && day <= lengths[month - 1] + (month == 2 && leap);
}

static int is_time(jf_bytes view) {
  int hour, minute, second;
  if (view.size < 5 || view.data[2] != ':' || !digits(view, 0, 2, &hour) || hour > 23 ||
      !digits(view, 3, 2, &minute) || minute > 59)
    return 0;
  if (view.size == 5) return 1;
  if (view.data[5] != ':' || !digits(view, 6, 2, &second) || second > 59) return 0;
  if (view.size == 8) return 1;
  if (view.data[8] != '.' || view.size == 9) return 0;
  for (uint64_t i = 9; i < view.size; i++)
    if (view.data[i] < '0' || view.data[i] > '9') return 0;
  return 1;
}

static int is_date_time(jf_bytes view) {
  uint64_t i = 0;
  while (i < view.size && view.data[i] >= '0' && view.data[i] <= '9') i++;
  if (view.size > 0 && i == view.size) return view.size <= 14;
  jf_bytes date = {view.data, view.size < 10 ? view.size : 10};
  if (!is_date(date)) return 0;
  if (view.size == 10) return 1;
  if (view.data[10] != 'T' && view.data[10] != ' ') return 0;
  uint64_t zone = 11;
  while (zone < view.size && !strchr("Zz+-", view.data[zone])) zone++;
  jf_bytes clock = {view.data + 11, zone - 11};
  if (!is_time(clock)) return 0;
  uint64_t left = view.size - zone;
  if (left == 0) return 1;
  if (left == 1) return view.data[zone] == 'Z' || view.data[zone] == 'z';
  int found = 0;
  for (uint64_t at = zone + 1; at < view.size; at++) {
    if (view.data[at] == ':') continue;
    if (view.data[at] < '0' || view.data[at] > '9') return 0;
    found++;
  }
  return found == 4;
}

static int is_website(jf_bytes view) {
  jf_bytes https = {view.data, view.size < 8 ? view.size : 8};
  jf_bytes http = {view.data, view.size < 7 ? view.size : 7};
  uint64_t start = alike(https, bytes_of("https://")) ? 8 : 0;
  if (start == 0 && alike(http, bytes_of("http://"))) start = 7;
  if (start == 0 || view.size == start) return 0;
  for (uint64_t i = 0; i < view.size; i++)
    if (view.data[i] <= 32 || view.data[i] == 127) return 0;
  return 1;
}

static int is_mail(jf_bytes view) {
  uint64_t at = view.size;
  for (uint64_t i = 0; i < view.size; i++)
    if (view.data[i] == '@') at = i;
  if (at == view.size || at == 0 || at > 64 || view.size > 254) return 0;
  for (uint64_t i = 0; i < at; i++) {
    uint8_t byte = view.data[i];
    int known = (lower(byte) >= 'a' && lower(byte) <= 'z') || (byte >= '0' && byte <= '9') ||
                (byte != 0 && strchr(".!#$%&'*+-/=?^_`{|}~", byte) != NULL);
    if (!known) return 0;
  }
  if (view.data[0] == '.' || view.data[at - 1] == '.') return 0;
  uint64_t label = 0;
  for (uint64_t i = at + 1; i <= view.size; i++) {
    if (i == view.size || view.data[i] == '.') {
      if (label == 0 || label > 63 || view.data[i - 1] == '-') return 0;
      label = 0;
      continue;
    }
    uint8_t byte = view.data[i];
    int known = (lower(byte) >= 'a' && lower(byte) <= 'z') || (byte >= '0' && byte <= '9') ||
                byte >= 0x80 || (byte == '-' && label > 0);
    if (!known) return 0;
    label++;
  }
  return 1;
}

/* A text that has to pass a check; a number counts as the text it was written as. */
static const jf_value *checked(twin t, const jf_value *value, int (*accepts)(jf_bytes)) {
  jf_type found = type(t, value);
  if (found != JF_TEXT && found != JF_INTEGER && found != JF_NUMBER) return NULL;
  jf_bytes view = trimmed(text(t, value));
  if (accepts != NULL && !accepts(view)) return NULL;
  jf_builder *builder = begin(t);
  t.host->value->text_value(builder, accepts != NULL ? view : text(t, value));
  return t.host->value->finish(builder);
}

static const jf_value *number(twin t, const jf_value *value) {
  if (type(t, value) == JF_INTEGER || type(t, value) == JF_NUMBER) return value;
  if (type(t, value) != JF_TEXT) return NULL;
  jf_builder *builder = begin(t);
  t.host->value->json(builder, trimmed(text(t, value)));
  const jf_value *parsed = t.host->value->finish(builder);
  return type(t, parsed) == JF_INTEGER || type(t, parsed) == JF_NUMBER ? parsed : NULL;
}

static const jf_value *boolean(twin t, const jf_value *value) {
  if (type(t, value) == JF_BOOLEAN) return value;
  int truth = is_text(text(t, value), "true");
  if (type(t, value) != JF_TEXT || (!truth && !is_text(text(t, value), "false"))) return NULL;
  jf_builder *builder = begin(t);
  t.host->value->boolean(builder, truth);
  return t.host->value->finish(builder);
}

/* The value as a column of this type stores it, or null when it is of another type. */
static const jf_value *stored(twin t, const jf_value *value, jf_bytes wanted) {
  if (is_text(wanted, "number")) return number(t, value);
  if (is_text(wanted, "boolean")) return boolean(t, value);
  if (is_text(wanted, "list")) return type(t, value) == JF_LIST ? value : NULL;
  if (is_text(wanted, "object")) return type(t, value) == JF_OBJECT ? value : NULL;
  if (is_text(wanted, "date")) return checked(t, value, is_date);
  if (is_text(wanted, "time")) return checked(t, value, is_time);
  if (is_text(wanted, "date_time")) return checked(t, value, is_date_time);
  if (is_text(wanted, "email")) return checked(t, value, is_mail);
  if (is_text(wanted, "website")) return checked(t, value, is_website);
  return checked(t, value, NULL);
}

/* Bytes of a value as JSON. */
static uint64_t json_size(twin t, const jf_value *value) {
  jf_type found = type(t, value);
  int64_t truth = 0;
  uint64_t size = 2;
  switch (found) {
    case JF_NULL: return 4;
    case JF_BOOLEAN: return t.host->value->integer(value, &truth) && truth ? 4 : 5;
    case JF_INTEGER:
    case JF_NUMBER: return text(t, value).size;
    case JF_TEXT: break;
    default:
      for (const jf_value *child = t.host->value->first(value); child != NULL;
           child = t.host->value->next(child)) {
        size += json_size(t, child) + (child == t.host->value->first(value) ? 0 : 1);
        if (found == JF_OBJECT) size += t.host->value->name(child).size + 3;
      }
      return size;
  }
  jf_bytes view = text(t, value);
  for (uint64_t i = 0; i < view.size; i++) {
    uint8_t byte = view.data[i];
    if (byte == '"' || byte == '\\' || (byte >= 8 && byte <= 13 && byte != 11))
      size += 2;
    else
      size += byte < 32 ? 6 : 1;
  }
  return size;
}

#endif /* COLUMNS_H */
