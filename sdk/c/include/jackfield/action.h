/* SPDX-License-Identifier: Apache-2.0
 *
 * jackfield/action.h: actions, and the call that one run of an action is.
 *
 * A plugin that offers actions answers `jf_plugin.interface("jackfield.action/1")` with a
 * `jf_action_interface`. The host calls `run` once per attempt. A call is synchronous: host
 * services block, and the result is set before `run` returns.
 *
 * A call never outlives its deadline: a host service ends up to 500 ms before it with
 * JF_UNAVAILABLE and the code "deadline", so that a well-behaved action returns in time; at the
 * deadline the worker process is killed. A use of a call after `run` has returned is JF_BUG.
 */
#ifndef JACKFIELD_ACTION_H
#define JACKFIELD_ACTION_H

#include "plugin.h"

JF_BEGIN

/* One attempt at one action. Opaque; its authority is what the project granted the plugin. */
typedef struct jf_call jf_call;

/* An error: a class that decides, a code that machines match, a message that people read. */
typedef struct jf_error {
  uint32_t size;
  jf_status status;                   /* the class; never JF_OK in an error */
  jf_bytes code;                      /* stable snake_case, listed in the manifest; may be empty */
  jf_bytes message;                   /* what happened and what to do; no payloads, no secrets */
  jf_bytes provider_code;             /* the code of the service behind the action, or empty */
  int64_t retry_after_ms;             /* 0 when not known */
  const jf_value *JF_NULLABLE detail; /* for the run view; null when there is none */
} jf_error;

/* "jackfield.action/1", offered by the plugin. */
#define JF_ACTION_INTERFACE "jackfield.action/1"

typedef struct jf_action_interface {
  uint32_t size;
  uint32_t reserved;

  /* The image's own number for an action id of the manifest.
   * Thread: [entry thread] · Owner: the host keeps `id` · Returns: 0 or more, or -1: unknown */
  int32_t (*find_action)(jf_instance *JF_NULLABLE instance, jf_bytes id);

  /* Runs one attempt. Sets the result with `result_value` or `result_error` before it returns;
   * returning without either is JF_BUG. Calls into one instance overlap only if the manifest
   * says "concurrent".
   * Thread: [call thread] · Owner: the host owns `call`
   * Returns: JF_OK when a result was set, or the class of the error it could not report */
  jf_status (*run)(jf_instance *JF_NULLABLE instance, int32_t action, jf_call *call);
} jf_action_interface;

/* "jackfield.call/1", offered by the host. */
#define JF_CALL_INTERFACE "jackfield.call/1"

typedef struct jf_call_interface {
  uint32_t size;
  uint32_t reserved;

  /* The parameters, rendered and valid against the action's schema.
   * Thread: [any thread of the call] · Owner: the call · Returns: an object. Crosses: no */
  const jf_value *JF_NONNULL (*JF_NONNULL parameters)(jf_call *call);

  /* For logs and defaults, no authority: {project, connector, run, action, attempt, time_zone,
   * contact?: {id, …}, constants, hops}. `contact` is the run's contact, absent when there is
   * none; `hops` counts the runs that led to this one, each started by the one before.
   * Thread: [any thread of the call] · Owner: the call · Returns: an object. Crosses: no */
  const jf_value *JF_NONNULL (*JF_NONNULL context)(jf_call *call);

  /* The idempotency key: the same on every attempt at this action of this run, and after a
   * recovery. 1 to 64 characters of [a-z0-9-].
   * Thread: [any thread of the call] · Owner: the call · Returns: a view. Crosses: no */
  jf_bytes (*key)(jf_call *call);

  /* What is left of the time, in milliseconds; 0 or less when it is over.
   * Thread: [any thread of the call] · Owner: none · Returns: milliseconds. Crosses: no */
  int64_t (*budget_ms)(jf_call *call);

  /* Whether the host no longer wants the result.
   * Thread: [any thread of the call] · Owner: none · Returns: 1 or 0. Crosses: no */
  int32_t (*cancelled)(jf_call *call);

  /* One line for the run's log, at most 8 KiB (cut).
   * Thread: [any thread of the call] · Owner: the plugin keeps `line` · Returns: -. Crosses: yes,
   * without waiting */
  void (*log)(jf_call *call, jf_level level, jf_bytes line);

  /* A new builder (value.h).
   * Thread: [any thread of the call] · Owner: the call · Returns: never null. Crosses: no */
  jf_builder *JF_NONNULL (*JF_NONNULL builder)(jf_call *call);

  /* What is done so far, for the run view: replaces the progress shown before.
   * Thread: [any thread of the call] · Owner: none · Returns: JF_OK or JF_BUG. Crosses: yes,
   * without waiting */
  jf_status (*progress)(jf_call *call, const jf_value *done);

  /* The error behind the last service function of this call that did not answer JF_OK on this
   * thread. `out->size` is set by the caller.
   * Thread: [any thread of the call] · Owner: the call owns what `out` points at
   * Returns: JF_OK and `*out` filled, or JF_NOT_FOUND when nothing has failed. Crosses: no */
  jf_status (*last_error)(jf_call *call, jf_error *out);

  /* Sets the result: success with this value, an object. The first result counts.
   * Thread: [any thread of the call] · Owner: none
   * Returns: JF_OK, or JF_BUG when a result was set before or it is over 1 MiB. Crosses: no */
  jf_status (*result_value)(jf_call *call, const jf_value *value);

  /* Sets the result: failure. The texts are copied. The first result counts.
   * Thread: [any thread of the call] · Owner: the plugin keeps `error`
   * Returns: JF_OK or JF_BUG. Crosses: no */
  jf_status (*result_error)(jf_call *call, const jf_error *error);

  /* The fields of a credential that are no secrets (a base URL, an account's name), with `name`
   * and `kind`. With an empty `name`: the project's only credential of a kind this plugin's
   * manifest declares. Secrets never reach a plugin: a request names the credential and the
   * host applies it.
   * Thread: [any thread of the call] · Owner: the call (`*out`)
   * Returns: JF_OK, JF_NOT_FOUND, JF_DENIED (not granted), JF_INVALID_INPUT (several).
   * Crosses: yes */
  jf_status (*credential)(jf_call *call, jf_bytes name, const jf_value *JF_NULLABLE *JF_NULLABLE out);

  /* Sets the result, which counts once news of what was sent have come (events.h, `settle`, under
   * this call's key): `value` is an object, the result when anything arrived. The run waits for
   * news of `count` different targets, 1 to 1,000, at most `within_ms`, 1 to 30 days; it holds no
   * worker meanwhile, and the wait outlives the host. Where one target's news are a success the
   * action succeeds with `value`; where all are failures it fails with the class, code and message
   * of the first; where they do not come in time its outcome is unknown. What the call wrote and
   * asked for is committed when the wait begins. The first result counts.
   * Thread: [any thread of the call] · Owner: none
   * Returns: JF_OK, or JF_BUG when a result was set before, it is over 1 MiB, or a number is out of
   *   range. Crosses: no */
  jf_status (*result_wait)(jf_call *call, const jf_value *value, int64_t count, int64_t within_ms);
} jf_call_interface;

#if UINTPTR_MAX == 0xffffffffffffffffu
JF_STATIC_ASSERT(sizeof(jf_error) == 72, "layout of jf_error");
JF_STATIC_ASSERT(sizeof(jf_action_interface) == 24, "layout of jackfield.action/1");
JF_STATIC_ASSERT(sizeof(jf_call_interface) == 112, "layout of jackfield.call/1");
#endif

JF_END

#endif /* JACKFIELD_ACTION_H */
