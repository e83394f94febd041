// SPDX-License-Identifier: Apache-2.0
// What is being recorded, and what it was for.
import Pipeline

extension LiveRun {
  /// A recording, kept until it is known to be on disk.
  struct Recording: Sendable {
    var order: RecordOrder
    /// The run as it will be once the recording is on disk.
    var after: RunProgress
    let kind: Kind
  }

  /// What a recording was for, and so what follows it.
  enum Kind: Sendable {
    /// A call is over. The call is kept to run again when the race is lost.
    case outcome(Call, ActionOutcome, stops: String?)
    /// An attempt is over and another follows.
    case attempt(Call, until: UInt64)
    /// A call is over whose result waits for news. The call is kept as for an outcome.
    case news(Call)
    /// A wait is over; before this is on disk nothing else happens to the run.
    case wake
    /// The run waits.
    case park
    /// Runs of elements were made, and this one waits for them or goes on.
    case children(waits: Bool)
    /// The journal was long enough to be stored.
    case checkpoint
    /// The run is over.
    case end

    /// The call that may have to run again.
    var call: Call? {
      switch self {
      case .outcome(let call, _, _), .news(let call): call
      default: nil
      }
    }
  }
}
