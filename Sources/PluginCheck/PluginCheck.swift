// SPDX-License-Identifier: Apache-2.0
// One named check of a plugin.

/// A question to a plugin, with a name that never changes and a sentence that says what it asks.
package struct PluginCheck: Sendable {
  /// Where a check runs.
  enum Body: Sendable {
    /// In the checker, which only reads bytes.
    case reading(@Sendable (CheckSubject) -> CheckFinding)
    /// In a process of its own, which loads the image.
    case probing(@Sendable (Probe) throws(CheckStop) -> CheckFinding)
  }

  /// **Shape**: snake_case.
  package let name: String
  package let summary: String
  let needs: CheckNeed
  let body: Body

  static func reading(
    _ name: String, _ summary: String, needs: CheckNeed = .image,
    _ body: @escaping @Sendable (CheckSubject) -> CheckFinding
  ) -> PluginCheck {
    PluginCheck(name: name, summary: summary, needs: needs, body: .reading(body))
  }

  static func probing(
    _ name: String, _ summary: String, needs: CheckNeed = .actions,
    _ body: @escaping @Sendable (Probe) throws(CheckStop) -> CheckFinding
  ) -> PluginCheck {
    PluginCheck(name: name, summary: summary, needs: needs, body: .probing(body))
  }

  /// Every check, in the order in which they run.
  package static let all: [PluginCheck] = reading + loading + calling

  package static func named(_ name: String) -> PluginCheck? { all.first { $0.name == name } }
}
