// SPDX-License-Identifier: Apache-2.0
// The results of all checks, for people and for programs.

import Values

/// What a plugin was found to be.
package struct CheckReport: Sendable {
  package let folder: String
  package let plugin: String
  package let seed: UInt64
  package let results: [CheckResult]

  /// Whether the command ends with 1.
  package var hasFailed: Bool { results.contains { $0.outcome.isFailure } }

  package func count(_ outcome: CheckOutcome) -> Int {
    results.count { $0.outcome == outcome }
  }

  /// `{plugin, folder, seed, checks: [{check, outcome, message?}], counts}`; the seed is a text,
  /// for it may be larger than what a reader of JSON keeps exact.
  package var value: JSONValue {
    var counts: JSONObject = [:]
    for outcome in CheckOutcome.allCases {
      counts[outcome.rawValue] = .integer(Int64(count(outcome)))
    }
    return [
      "plugin": .text(plugin), "folder": .text(folder), "seed": .text(String(seed)),
      "checks": .list(results.map(\.value)), "counts": .object(counts),
    ]
  }

  /// One line for each check, then what is to be said about those that did not pass.
  package var text: String {
    let width = (results.map(\.name.count).max() ?? 0) + 2
    var text = ""
    for result in results {
      let name = result.name + String(repeating: " ", count: width - result.name.count)
      let note = result.outcome == .pass || result.outcome == .skipped ? result.finding.message : ""
      let shown = result.outcome == .pass ? note : result.outcome.rawValue
        + (note.isEmpty ? "" : ": \(note)")
      text += "\(result.outcome.mark) \(name)\(shown)".trimmedEnd + "\n"
    }
    for result in results where result.outcome != .pass && result.outcome != .skipped {
      text += "\n\(result.outcome.mark) \(result.name): \(result.finding.message)\n"
    }
    return text + "\n" + summary + "\n"
  }

  private var summary: String {
    let counted = CheckOutcome.allCases.map { ($0, count($0)) }.filter { $0.1 > 0 }
    let parts = counted.map { "\($0.1) \($0.0.rawValue)" }
    return "\(plugin): \(parts.joined(separator: ", ")) · seed \(seed)"
  }
}

extension String {
  fileprivate var trimmedEnd: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
