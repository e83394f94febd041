/* SPDX-License-Identifier: Apache-2.0
 * data_storage.create_row and data_storage.find_rows in C: the twin of Plugins/data_storage. */
#include "columns.h"

enum { CREATE_ROW, FIND_ROWS };

/* ---- The storage and its columns ------------------------------------------------------------ */

/* The storage with this id or name; JF_OK and `*out`, or the call has ended. */
static int find_storage(twin t, jf_bytes reference, const jf_value **out) {
  reference = trimmed(reference);
  if (reference.size == 0) {
    fail(t, JF_INVALID_INPUT, "empty_reference", "storage is empty");
    return 0;
  }
  jf_status status = t.host->records->get(t.call, bytes_of("storage"), reference, out);
  if (status == JF_OK) return 1;
  if (status != JF_NOT_FOUND) {
    pass_on(t);
    return 0;
  }
  const jf_value_interface *v = t.host->value;
  jf_builder *builder = begin(t);
  v->object_begin(builder);
  key(t, builder, "where");
  v->object_begin(builder);
  put_text(t, builder, "field", bytes_of("name"));
  put_text(t, builder, "op", bytes_of("is"));
  put_text(t, builder, "right", reference);
  v->end(builder);
  put_integer(t, builder, "limit", 2);
  v->end(builder);
  const jf_value *query = v->finish(builder), *page = NULL;
  if (query == NULL) {
    fail(t, JF_BUG, "query", "a query could not be built");
    return 0;
  }
  if (t.host->records->query(t.call, bytes_of("storage"), query, &page) != JF_OK) {
    pass_on(t);
    return 0;
  }
  const jf_value *records = member(t, page, "records");
  if (v->count(records) == 1) {
    *out = v->first(records);
    return 1;
  }
  if (v->count(records) == 0)
    fail(t, JF_NOT_FOUND, "storage_not_found", "storage not found: %.*s", (int)reference.size,
         (const char *)reference.data);
  else
    fail(t, JF_INVALID_INPUT, "ambiguous", "ambiguous: %.*s", (int)reference.size,
         (const char *)reference.data);
  return 0;
}

/* The column of this name, exactly or else without case; null ends the call. */
static const jf_value *find_column(twin t, const jf_value *storage, jf_bytes name) {
  const jf_value_interface *v = t.host->value;
  const jf_value *columns = member(t, storage, "columns"), *close = NULL;
  for (const jf_value *column = v->first(columns); column != NULL; column = v->next(column)) {
    jf_bytes known = text(t, member(t, column, "name"));
    if (same(known, name)) return column;
    if (close == NULL && alike(known, trimmed(name))) close = column;
  }
  if (close == NULL)
    fail(t, JF_INVALID_INPUT, "unknown_column", "unknown column: %.*s", (int)name.size,
         (const char *)name.data);
  return close;
}

/* ---- create_row ------------------------------------------------------------------------------ */

/* The row's fields, converted; null ends the call. */
static const jf_value *row_fields(twin t, const jf_value *storage, const jf_value *given) {
  const jf_value_interface *v = t.host->value;
  jf_builder *builder = begin(t);
  v->object_begin(builder);
  for (const jf_value *value = v->first(given); value != NULL; value = v->next(value)) {
    const jf_value *column = find_column(t, storage, v->name(value));
    if (column == NULL) return NULL;
    if (type(t, value) == JF_NULL || (type(t, value) == JF_TEXT && text(t, value).size == 0))
      continue;
    jf_bytes name = text(t, member(t, column, "name")), wanted = text(t, member(t, column, "type"));
    const jf_value *converted = stored(t, value, wanted);
    if (converted == NULL) {
      fail(t, JF_INVALID_INPUT, "wrong_type", "column %.*s is of type %.*s, found %s",
           (int)name.size, (const char *)name.data, (int)wanted.size, (const char *)wanted.data,
           type_name(type(t, value)));
      return NULL;
    }
    v->key(builder, name);
    v->copy(builder, converted);
  }
  v->end(builder);
  const jf_value *fields = v->finish(builder);
  if (fields == NULL) fail(t, JF_BUG, "row", "the row could not be built");
  return fields;
}

static jf_status create_row(twin t, const jf_value *parameters) {
  const jf_value_interface *v = t.host->value;
  const jf_value *given = member(t, parameters, "fields"), *storage = NULL, *row = NULL;
  if (v->count(given) == 0)
    return fail(t, JF_INVALID_INPUT, "empty_fields", "fields is empty: give at least one column");
  if (!find_storage(t, text(t, member(t, parameters, "storage")), &storage)) return JF_OK;
  const jf_value *fields = row_fields(t, storage, given);
  if (fields == NULL) return JF_OK;
  if (json_size(t, fields) > 65536 - 256)
    return fail(t, JF_INVALID_INPUT, "row_too_large", "the row is over 64 KiB: store less in it");

  jf_builder *builder = begin(t);
  v->object_begin(builder);
  put_text(t, builder, "storage", text(t, member(t, storage, "id")));
  put_copy(t, builder, "fields", fields);
  v->end(builder);
  const jf_value *record = v->finish(builder);
  if (record == NULL) return fail(t, JF_BUG, "row", "the row could not be built");
  jf_bytes none = {NULL, 0};
  if (t.host->records->put(t.call, bytes_of("row"), none, JF_VERSION_NEW, record, &row) != JF_OK)
    return pass_on(t);

  builder = begin(t);
  v->object_begin(builder);
  put_text(t, builder, "row", text(t, member(t, row, "id")));
  put_copy(t, builder, "fields", fields);
  v->end(builder);
  return succeed(t, v->finish(builder));
}

/* ---- find_rows ------------------------------------------------------------------------------- */

/* Adds the name a record query knows a field by; 0 ends the call. */
static int put_field(twin t, jf_builder *builder, const char *name, const jf_value *storage,
                     jf_bytes field) {
  if (is_text(field, "id") || is_text(field, "created_at") || is_text(field, "updated_at")) {
    put_text(t, builder, name, field);
    return 1;
  }
  const jf_value *column = find_column(t, storage, field);
  if (column == NULL) return 0;
  jf_bytes known = text(t, member(t, column, "name"));
  grown path = {0};
  append_text(&path, "fields.");
  append(&path, known.data, known.size);
  put_text(t, builder, name, view_of(&path));
  free(path.data);
  return 1;
}

/* Whether a filter has a condition in it. */
static int has_condition(twin t, const jf_value *filter) {
  const jf_value_interface *v = t.host->value;
  if (v->count(filter) == 0) return 0;
  const jf_value *list = member(t, filter, "all");
  if (list == NULL) list = member(t, filter, "any");
  if (list == NULL || type(t, list) != JF_LIST || v->count(filter) != 1) return 1;
  for (const jf_value *part = v->first(list); part != NULL; part = v->next(part))
    if (has_condition(t, part)) return 1;
  return 0;
}

/* Adds a filter with its columns translated; 0 ends the call. */
static int put_filter(twin t, jf_builder *builder, const jf_value *storage,
                      const jf_value *filter) {
  const jf_value_interface *v = t.host->value;
  if (type(t, filter) != JF_OBJECT) {
    fail(t, JF_INVALID_INPUT, "bad_filter",
         "where must be an object: {field, op, right}, all or any");
    return 0;
  }
  static const char *const joints[] = {"all", "any"};
  for (int i = 0; i < 2; i++) {
    const jf_value *list = member(t, filter, joints[i]);
    if (list == NULL) continue;
    if (type(t, list) != JF_LIST || v->count(filter) != 1) {
      fail(t, JF_INVALID_INPUT, "bad_filter", "%s in where must be a list, and stand alone",
           joints[i]);
      return 0;
    }
    v->object_begin(builder);
    key(t, builder, joints[i]);
    v->list_begin(builder);
    for (const jf_value *part = v->first(list); part != NULL; part = v->next(part))
      if (has_condition(t, part) && !put_filter(t, builder, storage, part)) return 0;
    v->end(builder);
    v->end(builder);
    return 1;
  }
  const jf_value *field = member(t, filter, "field");
  if (type(t, field) != JF_TEXT) {
    fail(t, JF_INVALID_INPUT, "bad_filter", "a condition in where has no field");
    return 0;
  }
  v->object_begin(builder);
  if (!put_field(t, builder, "field", storage, text(t, field))) return 0;
  for (const jf_value *part = v->first(filter); part != NULL; part = v->next(part)) {
    if (is_text(v->name(part), "field")) continue;
    v->key(builder, v->name(part));
    v->copy(builder, part);
  }
  v->end(builder);
  return 1;
}

/* The query for the parameters; null ends the call. */
static const jf_value *row_query(twin t, const jf_value *parameters, const jf_value *storage) {
  const jf_value_interface *v = t.host->value;
  const jf_value *rows = member(t, parameters, "row"), *filter = member(t, parameters, "where");
  jf_builder *builder = begin(t);
  v->object_begin(builder);
  key(t, builder, "where");
  v->object_begin(builder);
  key(t, builder, "all");
  v->list_begin(builder);
  v->object_begin(builder);
  put_text(t, builder, "field", bytes_of("storage"));
  put_text(t, builder, "op", bytes_of("is"));
  put_text(t, builder, "right", text(t, member(t, storage, "id")));
  key(t, builder, "case_sensitive");
  v->boolean(builder, 1);
  v->end(builder);
  if (v->count(rows) > 0) {
    v->object_begin(builder);
    put_text(t, builder, "field", bytes_of("id"));
    put_text(t, builder, "op", bytes_of("in_list"));
    put_copy(t, builder, "right", rows);
    v->end(builder);
  }
  if (has_condition(t, filter) && !put_filter(t, builder, storage, filter)) return NULL;
  v->end(builder);
  v->end(builder);
  jf_bytes sort = trimmed(text(t, member(t, parameters, "sort")));
  if (sort.size > 0 && !put_field(t, builder, "sort", storage, sort)) return NULL;
  if (is_text(text(t, member(t, parameters, "order")), "desc"))
    put_text(t, builder, "order", bytes_of("desc"));
  int64_t limit = 100, offset = 0;
  v->integer(member(t, parameters, "limit"), &limit);
  v->integer(member(t, parameters, "offset"), &offset);
  put_integer(t, builder, "limit", limit);
  if (offset > 0) put_integer(t, builder, "offset", offset);
  key(t, builder, "total");
  v->boolean(builder, 1);
  v->end(builder);
  const jf_value *query = v->finish(builder);
  if (query == NULL) fail(t, JF_BUG, "query", "the query could not be built");
  return query;
}

/* Adds one row: its own members, then the columns asked for or all. */
static int put_row(twin t, jf_builder *builder, const jf_value *storage, const jf_value *record,
                   const jf_value *columns) {
  const jf_value_interface *v = t.host->value;
  const jf_value *fields = member(t, record, "fields");
  v->object_begin(builder);
  put_text(t, builder, "id", text(t, member(t, record, "id")));
  put_text(t, builder, "created_at", text(t, member(t, record, "created_at")));
  put_text(t, builder, "updated_at", text(t, member(t, record, "updated_at")));
  if (v->count(columns) == 0) {
    for (const jf_value *value = v->first(fields); value != NULL; value = v->next(value)) {
      v->key(builder, v->name(value));
      v->copy(builder, value);
    }
  }
  for (const jf_value *name = v->first(columns); name != NULL; name = v->next(name)) {
    const jf_value *column = find_column(t, storage, text(t, name));
    if (column == NULL) return 0;
    jf_bytes known = text(t, member(t, column, "name"));
    const jf_value *value = v->child(fields, known);
    if (value == NULL) continue;
    v->key(builder, known);
    v->copy(builder, value);
  }
  v->end(builder);
  return 1;
}

static jf_status find_rows(twin t, const jf_value *parameters) {
  const jf_value_interface *v = t.host->value;
  const jf_value *storage = NULL, *page = NULL, *columns = member(t, parameters, "columns");
  if (!find_storage(t, text(t, member(t, parameters, "storage")), &storage)) return JF_OK;
  for (const jf_value *name = v->first(columns); name != NULL; name = v->next(name))
    if (find_column(t, storage, text(t, name)) == NULL) return JF_OK;
  const jf_value *query = row_query(t, parameters, storage);
  if (query == NULL) return JF_OK;
  if (t.host->records->query(t.call, bytes_of("row"), query, &page) != JF_OK) return pass_on(t);

  const jf_value *records = member(t, page, "records");
  int64_t count = (int64_t)v->count(records), total = count;
  v->integer(member(t, page, "total"), &total);
  jf_builder *builder = begin(t);
  v->object_begin(builder);
  key(t, builder, "rows");
  v->list_begin(builder);
  for (const jf_value *record = v->first(records); record != NULL; record = v->next(record))
    if (!put_row(t, builder, storage, record, columns)) return JF_OK;
  v->end(builder);
  put_integer(t, builder, "count", count);
  put_integer(t, builder, "total", total);
  v->end(builder);
  return succeed(t, v->finish(builder));
}

/* ---- The tables ------------------------------------------------------------------------------ */

static int32_t find_action(jf_instance *instance, jf_bytes id) {
  (void)instance;
  if (is_text(id, "data_storage.create_row")) return CREATE_ROW;
  return is_text(id, "data_storage.find_rows") ? FIND_ROWS : -1;
}

static jf_status run(jf_instance *instance, int32_t action, jf_call *call) {
  twin t = {instance, call};
  const jf_value *parameters = instance->call->parameters(call);
  if (instance->records == NULL)
    return fail(t, JF_DENIED, "records_not_granted",
                "this plugin is granted no collections: grant those it needs");
  return action == CREATE_ROW ? create_row(t, parameters) : find_rows(t, parameters);
}

static jf_status open_plugin(const jf_host *host, const jf_value *settings, jf_instance **out) {
  (void)settings;
  if (!JF_HAS(host, interface)) return JF_UNAVAILABLE;
  jf_instance *instance = calloc(1, sizeof *instance);
  if (instance == NULL) return JF_UNAVAILABLE;
  instance->value = host->interface(host, JF_VALUE_INTERFACE);
  instance->call = host->interface(host, JF_CALL_INTERFACE);
  instance->records = host->interface(host, JF_RECORDS_INTERFACE);
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
