// SPDX-License-Identifier: Apache-2.0
//
// Where one thread of a worker stands among the threads of the machine.

import CSystem

/// What the watch thinks of a thread, one look after the other.
///
/// **Shape**
///
///     asleep ──▶ computing ──▶ behind
///        ▲  ◀────────┘           │ the calls that were inside have ended and it slept,
///        └───────────────────────┘ or it rested for as long as it had computed
///
/// A look tells a pause from starving: a thread that waits for a processor is *runnable*, however
/// little it gets, and goes to sleep only by its own will. What a thread used, and what it had to
/// wait (`schedstat`), tell no difference while it waits: both are counted when it runs again.
package enum ThreadPace: Hashable {
  /// In: it was asleep at a look. Out: it is runnable at one.
  case asleep
  /// Found runnable at so many looks in a row. Out: it sleeps, or it has been so too often.
  case computing(looks: Int)
  /// Behind everybody (`SCHED_IDLE`). `calls` were inside of its worker when it went there, none
  /// where it is a transport's, a listener's, or one that a plugin left running; `sleeps` is how
  /// often it had slept by then, and `rest` how many more looks found it asleep than runnable.
  case behind(calls: Set<UInt32>, sleeps: UInt64, rest: Int)

  package var isBehind: Bool { if case .behind = self { true } else { false } }

  /// Takes in what a look found; `entered` are the calls that its worker is inside of now.
  package mutating func take(_ look: sys_thread_look, entered: @autoclosure () -> Set<UInt32>) {
    let isRunnable = look.is_runnable != 0
    switch self {
    case .asleep:
      if isRunnable { self = .computing(looks: 1) }
    case .computing(let looks):
      guard isRunnable else { return self = .asleep }
      let next = looks + 1
      self =
        next < SandboxLimits.computes
        ? .computing(looks: next)
        : .behind(calls: entered(), sleeps: look.sleeps, rest: 0)
    case .behind(let calls, let sleeps, let rest):
      // One that has not slept since is in none of these calls: a plugin left it running.
      let hasPaused = look.sleeps != sleeps
      if hasPaused && !calls.isEmpty && calls.isDisjoint(with: entered()) { return self = .asleep }
      let rested = isRunnable ? max(rest - 1, 0) : rest + 1
      self =
        rested < SandboxLimits.computes
        ? .behind(calls: calls, sleeps: sleeps, rest: rested) : .asleep
    }
  }
}
