// SPDX-License-Identifier: Apache-2.0
// Mistakes the engine can be told to make, to see that the simulation finds them.

/// Deliberate faults. Empty everywhere but in the test of the simulation.
package struct EngineFaults: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// What is due exactly now is taken for not due: `<` for `<=`.
  package static let dueIsStrict = EngineFaults(rawValue: 1 << 0)
  /// A run that was woken cannot be cancelled any more.
  package static let ignoresCancelAfterWake = EngineFaults(rawValue: 1 << 1)
  /// The end of a wait is recorded twice.
  package static let firesTimerTwice = EngineFaults(rawValue: 1 << 2)
  /// A run that will be tried again lets the next of its contact pass.
  package static let breaksFIFOOnRetry = EngineFaults(rawValue: 1 << 3)
  /// Serial keys are not taken.
  package static let skipsSerialKeys = EngineFaults(rawValue: 1 << 4)
  /// Serial keys are given back between two attempts.
  package static let doesNotHoldLocksOverRetry = EngineFaults(rawValue: 1 << 5)
  /// The next call begins before the outcome of the one before is on disk.
  package static let startsCallBeforeRecording = EngineFaults(rawValue: 1 << 6)
  /// A wait ends when a second is left.
  package static let wakesEarly = EngineFaults(rawValue: 1 << 7)
  /// An attempt that failed is forgotten: the next one begins without being recorded.
  package static let forgetsAttempts = EngineFaults(rawValue: 1 << 8)
  /// What was kept of the rates is not taken back at a start.
  package static let forgetsRates = EngineFaults(rawValue: 1 << 9)
  /// A run that has passed its gates calls, though its plugin was disabled meanwhile.
  package static let ignoresDisabledAfterGates = EngineFaults(rawValue: 1 << 10)
}
