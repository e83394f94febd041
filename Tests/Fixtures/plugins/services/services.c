/* SPDX-License-Identifier: Apache-2.0
 * Uses the host service that {"use": name} names, and returns what came of it. */
#include "../fixture.h"

#include <stdlib.h>

static const char *const urls[] = {"http://127.0.0.1/0", "http://127.0.0.1/1",
                                   "http://127.0.0.1/2", "http://127.0.0.1/3"};

/* One member of an object in the making. */
static void put(jf_builder *builder, const char *name, jf_bytes bytes) {
  values->key(builder, text(name));
  values->text_value(builder, bytes);
}

static void number(jf_builder *builder, const char *name, int64_t integer) {
  values->key(builder, text(name));
  values->integer_value(builder, integer);
}

/* {status, value} or {status, code, message, provider_code, retry_after_ms}. */
static jf_status report(jf_call *call, jf_status status, const jf_value *value) {
  jf_builder *builder = calls->builder(call);
  values->object_begin(builder);
  number(builder, "status", status);
  if (value != NULL) {
    values->key(builder, text("value"));
    values->copy(builder, value);
  }
  jf_error error = {.size = sizeof error};
  if (status != JF_OK && calls->last_error(call, &error) == JF_OK) {
    put(builder, "code", error.code);
    put(builder, "message", error.message);
    put(builder, "provider_code", error.provider_code);
    number(builder, "retry_after_ms", error.retry_after_ms);
    number(builder, "class", error.status);
    values->key(builder, text("detail"));
    if (error.detail != NULL) values->copy(builder, error.detail); else values->null(builder);
  }
  values->end(builder);
  return calls->result_value(call, values->finish(builder));
}

static void describe(jf_builder *builder, const jf_http_response *response) {
  values->object_begin(builder);
  number(builder, "status", response->status);
  number(builder, "elapsed_ms", response->elapsed_ms);
  number(builder, "body_size", (int64_t)response->body.size);
  put(builder, "url", response->url);
  values->key(builder, text("headers"));
  values->copy(builder, response->headers);
  values->key(builder, text("json"));
  if (response->json != NULL) values->copy(builder, response->json); else values->null(builder);
  values->end(builder);
}

static jf_status http(jf_call *call) {
  const jf_http_interface *table = host->interface(host, JF_HTTP_INTERFACE);
  if (table == NULL) return fail(call, JF_DENIED, "not_granted");
  const jf_value *parameters = calls->parameters(call);
  jf_http_request request = {.size = sizeof request};
  request.method = values->text(values->child(parameters, text("method")));
  request.url = values->text(values->child(parameters, text("url")));
  request.body = values->text(values->child(parameters, text("body")));
  request.headers = values->child(parameters, text("headers"));
  request.credential = values->text(values->child(parameters, text("credential")));
  request.timeout_ms = 1500;
  const jf_http_response *response = NULL;
  jf_status status = table->send(call, &request, &response);
  if (status != JF_OK) return report(call, status, NULL);
  jf_builder *builder = calls->builder(call);
  describe(builder, response);
  return report(call, status, values->finish(builder));
}

static void each(jf_call *call, void *user, uint64_t index, jf_status status,
                 const jf_http_response *response) {
  jf_builder *builder = user;
  jf_error error = {.size = sizeof error};
  values->object_begin(builder);
  number(builder, "index", (int64_t)index);
  number(builder, "status", status);
  if (response != NULL) number(builder, "http", response->status);
  if (status != JF_OK && calls->last_error(call, &error) == JF_OK) put(builder, "code", error.code);
  values->end(builder);
}

static jf_status perform(jf_call *call) {
  const jf_http_interface *table = host->interface(host, JF_HTTP_INTERFACE);
  if (table == NULL) return fail(call, JF_DENIED, "not_granted");
  jf_http_request requests[4];
  const jf_http_request *list[4];
  for (int i = 0; i < 4; i++) {
    memset(&requests[i], 0, sizeof requests[i]);
    requests[i].size = sizeof requests[i];
    requests[i].url = text(urls[i]);
    list[i] = &requests[i];
  }
  int64_t at_once = 1;
  values->integer(values->child(calls->parameters(call), text("at_once")), &at_once);
  jf_builder *builder = calls->builder(call);
  values->list_begin(builder);
  jf_status status = table->perform(call, list, 4, (uint32_t)at_once, each, builder);
  values->end(builder);
  return report(call, status, values->finish(builder));
}

static jf_status records(jf_call *call, const char *use) {
  const jf_records_interface *table = host->interface(host, JF_RECORDS_INTERFACE);
  if (table == NULL) return fail(call, JF_DENIED, "not_granted");
  const jf_value *parameters = calls->parameters(call);
  const jf_value *value = NULL;
  jf_bytes id = values->text(values->child(parameters, text("id")));
  jf_status status = JF_BUG;
  if (strcmp(use, "get") == 0) status = table->get(call, text("thing"), id, &value);
  if (strcmp(use, "query") == 0) status = table->query(call, text("thing"), parameters, &value);
  if (strcmp(use, "put") == 0) {
    const jf_value *fields = values->child(parameters, text("fields"));
    status = table->put(call, text("thing"), id, JF_VERSION_MERGE, fields, &value);
  }
  if (strcmp(use, "put_now") == 0) {
    const jf_value *fields = values->child(parameters, text("fields"));
    status = table->put_now(call, text("thing"), id, JF_VERSION_NEW, fields, &value);
  }
  if (strcmp(use, "remove") == 0) status = table->remove(call, text("thing"), id, 4);
  return report(call, status, value);
}

static jf_status runs(jf_call *call, const char *use) {
  const jf_runs_interface *table = host->interface(host, JF_RUNS_INTERFACE);
  if (table == NULL) return fail(call, JF_DENIED, "not_granted");
  const jf_value *parameters = calls->parameters(call);
  const jf_value *event = values->child(parameters, text("event"));
  const jf_value *delays = values->child(parameters, text("delays"));
  const jf_value *options = values->child(parameters, text("options"));
  jf_bytes connector = values->text(values->child(parameters, text("connector")));
  jf_bytes word = values->text(values->child(parameters, text("word")));
  const jf_value *value = NULL;
  jf_status status = JF_BUG;
  if (strcmp(use, "start") == 0) status = table->start(call, connector, event, options, &value);
  if (strcmp(use, "cancel_delays") == 0)
    status = table->cancel_delays(call, delays, options, &value);
  if (strcmp(use, "leave") == 0) status = table->leave(call, connector, word, &value);
  if (strcmp(use, "stop") == 0) status = table->stop(call, word);
  return report(call, status, value);
}

static jf_status events(jf_call *call, const char *use) {
  const jf_events_interface *table = host->interface(host, JF_EVENTS_INTERFACE);
  if (table == NULL) return fail(call, JF_DENIED, "not_granted");
  const jf_value *parameters = calls->parameters(call);
  jf_bytes key = values->text(values->child(parameters, text("key")));
  jf_bytes kind = values->text(values->child(parameters, text("kind")));
  const jf_value *value = NULL;
  jf_status status = JF_BUG;
  if (strcmp(use, "raise") == 0)
    status = table->raise(call, kind, key, values->child(parameters, text("event")), &value);
  if (strcmp(use, "settle") == 0)
    status = table->settle(call, key, values->child(parameters, text("news")), &value);
  return report(call, status, value);
}

static jf_status mail(jf_call *call) {
  const jf_mail_interface *table = host->interface(host, JF_MAIL_INTERFACE);
  if (table == NULL) return fail(call, JF_DENIED, "not_granted");
  const jf_value *parameters = calls->parameters(call);
  jf_mail_attachment first = {.size = sizeof first, .name = text("a.txt"), .bytes = text("one")};
  jf_mail_attachment second = {.size = sizeof second, .name = text("b.txt"), .bytes = text("twos")};
  const jf_mail_attachment *const attachments[] = {&first, &second};
  jf_mail message = {.size = sizeof message};
  message.to = values->child(parameters, text("to"));
  message.subject = values->text(values->child(parameters, text("subject")));
  message.text = text("hello");
  message.attachments = attachments;
  message.attachment_count = 2;
  const jf_value *value = NULL;
  jf_status status = table->send(call, &message, &value);
  return report(call, status, value);
}

/* Writes "piece" as a blob, and reads four bytes of "blob" from "offset" on. */
static jf_status blob(jf_call *call) {
  const jf_blobs_interface *table = host->interface(host, JF_BLOBS_INTERFACE);
  if (table == NULL) return fail(call, JF_DENIED, "not_granted");
  const jf_value *parameters = calls->parameters(call);
  const jf_value *made = NULL, *seen = NULL, *wanted = values->child(parameters, text("blob"));
  uint64_t draft = 0, count = 99;
  int64_t offset = 0;
  uint8_t bytes[5] = "....";
  static const uint8_t large[JF_BLOB_PIECE + 1];
  jf_bytes too_large = {large, sizeof large};
  values->integer(values->child(parameters, text("offset")), &offset);
  jf_status status = table->create(call, text("text/plain"), text("a.txt"), &draft);
  if (status == JF_OK && table->append(call, draft, too_large) != JF_INVALID_INPUT) return JF_BUG;
  if (table->read(call, wanted, 0, bytes, JF_BLOB_PIECE + 1, &count) != JF_INVALID_INPUT)
    return JF_BUG;
  jf_bytes piece = values->text(values->child(parameters, text("piece")));
  if (status == JF_OK) status = table->append(call, draft, piece);
  if (status == JF_OK) status = table->finish(call, draft, &made);
  if (status == JF_OK) status = table->look(call, wanted, &seen);
  if (status == JF_OK) status = table->read(call, wanted, (uint64_t)offset, bytes, 4, &count);
  if (status != JF_OK) return report(call, status, NULL);
  jf_builder *builder = calls->builder(call);
  jf_bytes read = {bytes, count};
  values->object_begin(builder);
  number(builder, "draft", (int64_t)draft);
  values->key(builder, text("made"));
  values->copy(builder, made);
  values->key(builder, text("seen"));
  values->copy(builder, seen);
  put(builder, "read", read);
  values->end(builder);
  return report(call, status, values->finish(builder));
}

static jf_status credential(jf_call *call) {
  const jf_value *value = NULL;
  jf_bytes name = values->text(values->child(calls->parameters(call), text("name")));
  jf_status status = calls->credential(call, name, &value);
  return report(call, status, value);
}

static jf_status context(jf_call *call) {
  jf_builder *builder = calls->builder(call);
  values->object_begin(builder);
  put(builder, "key", calls->key(call));
  number(builder, "has_budget", calls->budget_ms(call) > 0);
  values->key(builder, text("context"));
  values->copy(builder, calls->context(call));
  values->end(builder);
  const jf_value *value = values->finish(builder);
  if (calls->progress(call, value) != JF_OK) return JF_BUG;
  calls->log(call, JF_LEVEL_INFO, text("a line of the call"));
  return calls->result_value(call, value);
}

static jf_status run(jf_call *call) {
  jf_bytes use = values->text(values->child(calls->parameters(call), text("use")));
  char name[32] = {0};
  if (use.size >= sizeof name) return JF_INVALID_INPUT;
  memcpy(name, use.data, use.size);
  if (strcmp(name, "http") == 0) return http(call);
  if (strcmp(name, "perform") == 0) return perform(call);
  if (strcmp(name, "mail") == 0) return mail(call);
  if (strcmp(name, "credential") == 0) return credential(call);
  if (strcmp(name, "blob") == 0) return blob(call);
  if (strcmp(name, "context") == 0) return context(call);
  if (strcmp(name, "start") == 0 || strcmp(name, "cancel_delays") == 0 ||
      strcmp(name, "leave") == 0 || strcmp(name, "stop") == 0)
    return runs(call, name);
  if (strcmp(name, "raise") == 0 || strcmp(name, "settle") == 0) return events(call, name);
  return records(call, name);
}
