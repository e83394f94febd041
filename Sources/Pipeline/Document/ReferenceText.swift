// SPDX-License-Identifier: Apache-2.0
// How a reference by name is compared.

/// References are names without regard to case and to the space around them.
///
/// **Source** spec/actions.md §1.1.
package enum ReferenceText {
  /// The text as references are compared by.
  package static func folded(_ text: String) -> String {
    var rest = Substring(text)
    while rest.first?.isWhitespace == true { rest = rest.dropFirst() }
    while rest.last?.isWhitespace == true { rest = rest.dropLast() }
    return rest.lowercased()
  }
}
