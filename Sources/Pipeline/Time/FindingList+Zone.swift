// SPDX-License-Identifier: Apache-2.0
// What is said about a time zone that nobody knows.

import Calendar

extension FindingList {
  /// Reports a time zone that `zones` does not have: with the nearest name, or with the package to
  /// install where the machine has no zones at all.
  func addUnknownZone(_ name: String, in zones: ZoneSource, at path: DocumentPath) {
    let known = zones.names
    let nearest = ZoneSpelling.match(name, in: known) ?? Suggestion.nearest(to: name, among: known)
    let hint =
      if let nearest {
        "did you mean \"\(nearest)\"?"
      } else if known.isEmpty {
        "this machine has no time zones: install the package tzdata, or write an offset such as "
          + "\"+05:30\""
      } else {
        "write a name such as \"Asia/Kolkata\" or an offset such as \"+05:30\""
      }
    add(
      .error, "unknown_time_zone", "there is no time zone \"\(name)\": \(hint)", at: path,
      nearest: nearest)
  }
}

/// Finds the zone that is meant by a city alone, or by another way of writing it.
enum ZoneSpelling {
  /// `berlin`, `New York`, `europe/berlin`.
  static func match(_ name: String, in known: [String]) -> String? {
    let wanted = folded(name)
    return known.first { folded($0) == wanted }
      ?? known.first { folded($0.split(separator: "/").last.map(String.init) ?? "") == wanted }
  }

  private static func folded(_ name: String) -> String {
    String(name.lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 })
  }
}
