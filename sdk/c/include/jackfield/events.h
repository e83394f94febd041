/* SPDX-License-Identifier: Apache-2.0
 *
 * jackfield/events.h: events that a call brings in from outside, and news of what went out.
 *
 * Whoever receives for a channel (the action that a manifest names under `channels`) tells the
 * project's connectors what came: a message, what became of one that was sent, a mail. As with
 * runs.h nothing happens at once: what is asked takes effect with the outcome of the step, all or
 * none, and what only the commit knows is a *deferred value* that stands for it (runs.h).
 *
 * The grant is `runs`: an event starts runs.
 */
#ifndef JACKFIELD_EVENTS_H
#define JACKFIELD_EVENTS_H

#include "action.h"

JF_BEGIN

/* "jackfield.events/1", offered by the host; each function answers JF_DENIED without the grant. */
#define JF_EVENTS_INTERFACE "jackfield.events/1"

typedef struct jf_events_interface {
  uint32_t size;
  uint32_t reserved;

  /* Raises an event: every connector of the project whose trigger takes it starts a run. `kind` is
   * "message", "message_status", "email", "record", "reminder" or "macro_button", `event` an object
   * as that trigger has it, at most 1 MiB. At most 1,000 events and news in one call.
   * A message first goes to a run that waits for one of its contact, and then starts none. Of
   * several connectors that take a message only the best one starts: the highest priority, then
   * the longest keyword. Messages of one contact start at most five runs in a minute.
   * `key` names the event at its source, such as the id of the message, at most 200 characters:
   * the same kind and key within seven days raise nothing again. Empty: it is not looked at.
   * `*out` is {runs, woken, repeated, stopped}, all deferred: [{connector: its name, run: id}], the
   * id of the run that went on with the message or null, whether the event was there before, and
   * whether the limit of five held it back. An event that nobody takes is no error.
   * Thread: [any thread of the call] · Owner: the call owns `*out`
   * Returns: JF_OK, JF_DENIED (not granted), JF_FAILED (code "loop_limit": the run is ten hops from
   *   its first), JF_INVALID_INPUT. Crosses: yes */
  jf_status (*raise)(jf_call *call, jf_bytes kind, jf_bytes key, const jf_value *event,
                     const jf_value *JF_NULLABLE *JF_NULLABLE out);

  /* Tells what became of something that a call of this project sent: `key` is the idempotency key
   * (action.h) of the attempt, as it went to the provider and came back. `news` is {state:
   * "succeeded" or "failed", target?: text, class?: an error's class as "denied", code?: text,
   * message?: text, result?: any}. An attempt whose outcome is unknown is settled by it, as a person
   * settles one with `runs resolve`; a run that waits for it (action.h, `result_wait`) goes on. News
   * of a run that has not ended are kept for 30 days, for a wait that begins later and for an
   * attempt whose outcome is not known yet; of one target the latest count. Every other key, that
   * of another project's attempt too, changes nothing and is no error. At most as many in one call,
   * `news` at most 64 KiB.
   * `*out` is {settled, run}, both deferred: whether an attempt was settled or a run goes on, and
   * the id of its run or null.
   * Thread: [any thread of the call] · Owner: the call owns `*out`
   * Returns: JF_OK, JF_DENIED (not granted), JF_INVALID_INPUT. Crosses: yes */
  jf_status (*settle)(jf_call *call, jf_bytes key, const jf_value *news,
                      const jf_value *JF_NULLABLE *JF_NULLABLE out);
} jf_events_interface;

#if UINTPTR_MAX == 0xffffffffffffffffu
JF_STATIC_ASSERT(sizeof(jf_events_interface) == 24, "layout of jackfield.events/1");
#endif

JF_END

#endif /* JACKFIELD_EVENTS_H */
