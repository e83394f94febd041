// SPDX-License-Identifier: Apache-2.0
// What may be printed for a person.

extension String {
  /// Whether a terminal would only show it: no control character, which could move the cursor or
  /// forge a line.
  var isFitForTerminal: Bool {
    unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
  }
}
