// SPDX-License-Identifier: Apache-2.0
// How one check ended.

/// The five outcomes, in the order in which they weigh.
package enum CheckOutcome: String, Sendable, CaseIterable {
  case pass
  /// It could not be asked: the reason says why.
  case skipped
  /// It works, and its author should know something.
  case warning
  case fail
  /// The plugin took the process of the check down with it, or never came back.
  case crashed

  /// Whether it makes the command fail.
  package var isFailure: Bool { self == .fail || self == .crashed }

  /// One column in front of a line.
  package var mark: String {
    switch self {
    case .pass: "✓"
    case .skipped: "–"
    case .warning: "!"
    case .fail: "✗"
    case .crashed: "☠"
    }
  }
}
