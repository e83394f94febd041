// SPDX-License-Identifier: Apache-2.0
// What is broken on purpose, to see that the simulation finds it.

import Engine
import Scheduler
import Store

/// One deliberate mistake. Each stands for a way in which such an engine really goes wrong, and
/// each must be found within 500 seeds: a simulation that misses one proves nothing about it.
package enum SimulatedFault: String, Sendable, CaseIterable {
  // In the store.
  /// A commit is told before the disk has it: `synchronous=OFF`.
  case synchronousOff = "synchronous_off"
  /// A write to a run is made whatever its fence says.
  case fenceRemoved = "fence_removed"
  /// The bodies of a batch are told before its commit.
  case outcomeBeforeCommit = "outcome_before_commit"
  /// The file of a segment goes before the heads of its runs.
  case segmentsFirst = "segments_first"

  // In what takes events in.
  /// The caller gets its 2xx when the event is queued.
  case acceptedBeforeCommit = "accepted_before_commit"
  /// Events are taken in without their dedupe key.
  case dedupeForgotten = "dedupe_forgotten"

  // In the engine.
  /// `<` for `<=`: what is due exactly now is not.
  case dueIsStrict = "due_is_strict"
  /// A wait ends when a second is left.
  case wakesEarly = "wakes_early"
  /// A run that was woken cannot be cancelled any more.
  case cancelIgnoredAfterWake = "cancel_ignored_after_wake"
  /// The end of a wait is recorded twice.
  case timerFiredTwice = "timer_fired_twice"
  /// A run that will be tried again lets the next of its contact pass.
  case fifoBrokenByRetry = "fifo_broken_by_retry"
  /// Serial keys are given back between two attempts.
  case lockReleasedByRetry = "lock_released_by_retry"
  /// The next call begins before the outcome of the one before is on disk.
  case callBeforeRecording = "call_before_recording"
  /// An attempt that failed is not recorded, so a crash forgets it.
  case attemptsForgotten = "attempts_forgotten"
  /// A host that starts gives every bucket its burst back.
  case ratesForgotten = "rates_forgotten"
  /// A plugin that was disabled while a run waited for its turn is called all the same.
  case disabledIgnored = "disabled_ignored"

  // In the driver.
  /// The same thing is locked by its name and by its id: the names are not looked up.
  case serialKeyByName = "serial_key_by_name"
  /// A routed run begins to count its hops anew.
  case hopsReset = "hops_reset"
  /// A run that waits for news does not look at those that came before.
  case newsForgotten = "news_forgotten"
  /// After a crash a call is made without asking the ledger what had left.
  case ledgerIgnored = "ledger_ignored"

  var store: StoreFaults {
    var faults = StoreFaults()
    switch self {
    case .synchronousOff: faults.isUnsynced = true
    case .fenceRemoved: faults.ignoresFence = true
    case .outcomeBeforeCommit: faults.tellsBeforeCommit = true
    case .segmentsFirst: faults.removesFilesFirst = true
    default: break
    }
    return faults
  }

  var engine: EngineFaults {
    switch self {
    case .dueIsStrict: .dueIsStrict
    case .wakesEarly: .wakesEarly
    case .cancelIgnoredAfterWake: .ignoresCancelAfterWake
    case .timerFiredTwice: .firesTimerTwice
    case .fifoBrokenByRetry: .breaksFIFOOnRetry
    case .lockReleasedByRetry: .doesNotHoldLocksOverRetry
    case .callBeforeRecording: .startsCallBeforeRecording
    case .attemptsForgotten: .forgetsAttempts
    case .ratesForgotten: .forgetsRates
    case .disabledIgnored: .ignoresDisabledAfterGates
    default: []
    }
  }

  var recording: RecordingFaults {
    switch self {
    case .hopsReset: .resetsHops
    case .newsForgotten: .forgetsNews
    default: []
    }
  }
}
