/* SPDX-License-Identifier: Apache-2.0
 *
 * jackfield/runs.h: this run, and other runs of the project.
 *
 * A call can start runs, cancel delays others wait in, take somebody out of a connector, and end
 * its own run. Nothing of it happens at once: what is asked is gathered and takes effect with the
 * outcome of the step, together with the call's record writes, all or none. An action that fails,
 * or whose worker dies, has started and cancelled nothing, and a call that runs again on fresh
 * data asks again.
 *
 * What only the commit knows, the id of a started run or which delays were still waiting, is a
 * *deferred value*: an object {"$deferred": integer, "member"?: text} that stands for it. Put it
 * anywhere in the result; the host replaces it before anybody reads the result. It is of no use
 * elsewhere, and a plugin must not look into it.
 *
 * A connector is named by its name or its id, and is one of the call's own project.
 */
#ifndef JACKFIELD_RUNS_H
#define JACKFIELD_RUNS_H

#include "action.h"

JF_BEGIN

/* "jackfield.runs/1", offered by the host; each function answers JF_DENIED without the grant. */
#define JF_RUNS_INTERFACE "jackfield.runs/1"

typedef struct jf_runs_interface {
  uint32_t size;
  uint32_t reserved;

  /* Starts a run of a connector. `event` is any value of at most 1 MiB; null: the event of this
   * run. `options` is {contact?: the id of the contact the run is about (else this run's),
   * subject?: text, if_enrolled?: "leave" or "restart", as?: text}. With a `subject` the run is
   * entered under the key (connector, subject): while one is live under it, "leave" (the default)
   * starts nothing and "restart" cancels that one first; `as` says as what it is entered.
   * `*out` is {connector: its name, hops: integer, run, started, previous}: the last three are
   * deferred: the id of the run under the key now, whether it was started by this call, and the
   * id of the run that was there before, or null.
   * Thread: [any thread of the call] · Owner: the call owns `*out`
   * Returns: JF_OK, JF_NOT_FOUND, JF_DENIED (not granted; the connector is disabled), JF_FAILED
   *   (code "loop_limit": the run is ten hops from its first), JF_INVALID_INPUT.
   * Crosses: yes */
  jf_status (*start)(jf_call *call, jf_bytes connector, const jf_value *JF_NULLABLE event,
                     const jf_value *JF_NULLABLE options,
                     const jf_value *JF_NULLABLE *JF_NULLABLE out);

  /* Cancels delays by what identifies them. `delays` is a list of 1 to 1,000
   * {connector?: text (this one), identifier: text}. `options` is {cancelled_runs?: "end" (the
   * runs end) or "resume" (they go on at once), hold?: a duration as "1 h", within which delays
   * that are made later are cancelled too}.
   * `*out` is {cancelled, runs}, both deferred: how many runs, and the first 1,000 of them as
   * [{connector, identifier, run}]. None is success.
   * Thread: [any thread of the call] · Owner: the call owns `*out`
   * Returns: JF_OK, JF_NOT_FOUND (a connector), JF_DENIED, JF_INVALID_INPUT (an identifier is
   *   empty). Crosses: yes */
  jf_status (*cancel_delays)(jf_call *call, const jf_value *delays,
                             const jf_value *JF_NULLABLE options,
                             const jf_value *JF_NULLABLE *JF_NULLABLE out);

  /* Cancels the run that is live under the key (connector, subject), with what it waits for.
   * `*out` is {connector: its name, run, left}, the last two deferred: the id of that run or null,
   * and whether there was one.
   * Thread: [any thread of the call] · Owner: the call owns `*out`
   * Returns: JF_OK, JF_NOT_FOUND (the connector), JF_DENIED, JF_INVALID_INPUT. Crosses: yes */
  jf_status (*leave)(jf_call *call, jf_bytes connector, jf_bytes subject,
                     const jf_value *JF_NULLABLE *JF_NULLABLE out);

  /* Ends this run after the action: the rest of its step and all later steps are not run. At most
   * 200 characters of `reason` are shown with the run.
   * Thread: [any thread of the call] · Owner: the plugin keeps `reason`
   * Returns: JF_OK, JF_DENIED, JF_INVALID_INPUT (the reason is longer). Crosses: yes */
  jf_status (*stop)(jf_call *call, jf_bytes reason);
} jf_runs_interface;

#if UINTPTR_MAX == 0xffffffffffffffffu
JF_STATIC_ASSERT(sizeof(jf_runs_interface) == 40, "layout of jackfield.runs/1");
#endif

JF_END

#endif /* JACKFIELD_RUNS_H */
