// SPDX-License-Identifier: Apache-2.0
// The limits of one run, each with its reason.

/// Bounds on what one run does in one go.
package enum RunLimits {
  /// Entries made without a call before they have to be stored: other runs wait meanwhile.
  package static let turn = 256
  /// **Unit** characters of a delay's identifier: it is an indexed column.
  package static let identifierLength = 200
  /// From the first failure of an action until its last fallback may begin: each is an action
  /// with a timeout and retries of its own.
  package static let chainBudget: Duration = .seconds(600)
  /// spec/formats.md 1.6.
  package static let identifiers = 5
  /// Targets whose news one action waits for: ten times what one send takes.
  package static let newsTargets: Int64 = 1_000
  /// How long an action may wait for news. **Unit** milliseconds: 30 days.
  package static let newsWithinMS: Int64 = 30 * 86_400_000
}
