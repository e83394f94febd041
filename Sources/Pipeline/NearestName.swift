// SPDX-License-Identifier: Apache-2.0
// "Did you mean": the known name nearest to one that is not known.

/// Finds the nearest of a set of names by edit distance.
package enum NearestName {
  /// The candidate within a third of its length of `name`; the first in order among equals.
  package static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().unicodeScalars.prefix(100))
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let scalars = Array(candidate.lowercased().unicodeScalars.prefix(100))
      let allowed = max(1, max(wanted.count, scalars.count) / 3)
      guard abs(wanted.count - scalars.count) <= allowed else { continue }
      let distance = distance(wanted, scalars)
      guard distance <= allowed else { continue }
      if let found = best, (found.distance, found.name) <= (distance, candidate) { continue }
      best = (candidate, distance)
    }
    return best?.name
  }

  /// `: did you mean "x"?`, or the whole list when it is short, or nothing.
  package static func suggestion(
    for name: String, among candidates: some Collection<String>, listUpTo: Int = 12
  ) -> String {
    if let nearest = of(name, among: candidates) { return ": did you mean \"\(nearest)\"?" }
    guard !candidates.isEmpty, candidates.count <= listUpTo else { return "" }
    return ": known are " + candidates.sorted().joined(separator: ", ")
  }

  /// Edit distance with transpositions of neighbours counted once.
  private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var beforeLast = [Int](repeating: 0, count: right.count + 1)
    var last = Array(0...right.count)
    for i in 0..<left.count {
      var row = [i + 1]
      row.reserveCapacity(right.count + 1)
      for j in 0..<right.count {
        var cost = min(row[j] + 1, last[j + 1] + 1, last[j] + (left[i] == right[j] ? 0 : 1))
        if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
          cost = min(cost, beforeLast[j - 1] + 1)
        }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[right.count]
  }
}
