// SPDX-License-Identifier: Apache-2.0
// What happens after an action has failed.

/// The fallback of an action. Rules by class and code come later.
package enum Fallback: String, Sendable, Hashable, CaseIterable {
  /// The run fails here.
  case stop
  /// The next component runs.
  case `continue`
}
