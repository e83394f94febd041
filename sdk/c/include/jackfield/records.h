/* SPDX-License-Identifier: Apache-2.0
 *
 * jackfield/records.h: the project's records.
 *
 * A record is a JSON object in a collection that some plugin's manifest declares. Writes of a call
 * are gathered and committed with the outcome of the step, all or none: an action that fails, or
 * whose worker dies, has written nothing. If a record that was read at one version has another at
 * commit, or a unique value is taken, the call is run again on fresh data (at most 10 times), so
 * an action need not guard against races; it must only not talk to the outside world in between.
 *
 * What must exist before a request leaves is the exception, `put_now`: see there.
 *
 * `get` sees the call's own writes. `query` on a collection the same call wrote to is refused with
 * JF_BUG: query before you write.
 *
 * A record as it is read: {id: text, version: integer, created_at: text, updated_at: text, and
 * its fields}. Times are ISO 8601 in UTC.
 */
#ifndef JACKFIELD_RECORDS_H
#define JACKFIELD_RECORDS_H

#include "action.h"

JF_BEGIN

/* Versions with a meaning, beside the version a record was read at. */
#define JF_VERSION_NEW ((int64_t)0)    /* the record must not exist yet */
#define JF_VERSION_MERGE ((int64_t)-1) /* whatever the version: members are merged in, cannot lose */

/* "jackfield.records/1", offered by the host where collections are granted. */
#define JF_RECORDS_INTERFACE "jackfield.records/1"

typedef struct jf_records_interface {
  uint32_t size;
  uint32_t reserved;

  /* One record by id.
   * Thread: [any thread of the call] · Owner: the call owns `*out`
   * Returns: JF_OK, JF_NOT_FOUND, JF_DENIED. Crosses: yes */
  jf_status (*get)(jf_call *call, jf_bytes collection, jf_bytes id,
                   const jf_value *JF_NULLABLE *JF_NULLABLE out);

  /* Many records. `query` is {where?: condition, sort?: field, order?: "asc" or "desc",
   * limit?: integer (100; at most 10,000), offset?: integer, total?: boolean}; a condition is
   * {field, op, right?, case_sensitive?} or {all: […]} or {any: […]}, as in connectors.
   * `*out` is {records: [record], total?: integer}.
   * Thread: [any thread of the call] · Owner: the call owns `*out`
   * Returns: JF_OK, JF_INVALID_INPUT, JF_DENIED, JF_BUG (after a write). Crosses: yes */
  jf_status (*query)(jf_call *call, jf_bytes collection, const jf_value *query,
                     const jf_value *JF_NULLABLE *JF_NULLABLE out);

  /* Writes a record. An empty `id` makes a new one. `fields` replaces all fields, or with
   * JF_VERSION_MERGE only those given. `*out` is the record as it will be.
   * Thread: [any thread of the call] · Owner: the call owns `*out`
   * Returns: JF_OK, JF_INVALID_INPUT (unknown field, wrong type, over 64 KiB), JF_DENIED.
   * Crosses: yes */
  jf_status (*put)(jf_call *call, jf_bytes collection, jf_bytes id, int64_t version,
                   const jf_value *fields, const jf_value *JF_NULLABLE *JF_NULLABLE out);

  /* Deletes a record read at `version`, or whatever its version with JF_VERSION_MERGE.
   * Thread: [any thread of the call] · Owner: none
   * Returns: JF_OK, JF_NOT_FOUND, JF_DENIED. Crosses: yes */
  jf_status (*remove)(jf_call *call, jf_bytes collection, jf_bytes id, int64_t version);

  /* Writes a record as `put` does, but at once: it is on disk when this returns, and stays whatever
   * becomes of the call. For what the outside world is about to be told of, an address for answers
   * say; and only for what may be written again unnoticed, because the call may run again. Give a
   * new record a unique field, and JF_CONFLICT means that it is there already: look it up. The call
   * must not write the same record with `put` too.
   * Thread: [any thread of the call] · Owner: the call owns `*out`
   * Returns: as `put`, and JF_CONFLICT (a unique value is taken, or the record has another version).
   * Crosses: yes */
  jf_status (*put_now)(jf_call *call, jf_bytes collection, jf_bytes id, int64_t version,
                       const jf_value *fields, const jf_value *JF_NULLABLE *JF_NULLABLE out);
} jf_records_interface;

#if UINTPTR_MAX == 0xffffffffffffffffu
JF_STATIC_ASSERT(sizeof(jf_records_interface) == 48, "layout of jackfield.records/1");
#endif

JF_END

#endif /* JACKFIELD_RECORDS_H */
