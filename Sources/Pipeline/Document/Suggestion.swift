// SPDX-License-Identifier: Apache-2.0
// "Did you mean": what follows an unknown name in a message.

import Schema

/// Suggests known names.
package enum Suggestion {
  /// The known name somebody probably meant.
  package static func nearest(
    to name: String, among candidates: some Sequence<String>
  ) -> String? {
    NearestName.find(for: name, among: candidates.sorted())
  }

  /// `: did you mean "x"?`, or the whole list when it is short, or nothing.
  package static func text(
    for name: String, among candidates: some Collection<String>, listUpTo: Int = 12
  ) -> String {
    if let nearest = nearest(to: name, among: candidates) {
      return ": did you mean \"\(nearest)\"?"
    }
    guard !candidates.isEmpty, candidates.count <= listUpTo else { return "" }
    return ": known are " + candidates.sorted().joined(separator: ", ")
  }
}
