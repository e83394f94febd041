// SPDX-License-Identifier: Apache-2.0
// What a check found.

import Values

/// An outcome with its words.
package struct CheckFinding: Sendable, Equatable {
  package var outcome: CheckOutcome
  /// What was found, what was expected, what to do; of a pass, what there is to know.
  package var message: String
  /// What the plugin has not, so that checks which need it cannot be asked.
  package var lacks: CheckNeed?

  init(_ outcome: CheckOutcome, _ message: String, lacks: CheckNeed? = nil) {
    self.outcome = outcome
    self.message = message
    self.lacks = lacks
  }

  static var pass: CheckFinding { CheckFinding(.pass, "") }
  static func pass(_ note: String) -> CheckFinding { CheckFinding(.pass, note) }
  static func fail(_ message: String, lacks: CheckNeed? = nil) -> CheckFinding {
    CheckFinding(.fail, message, lacks: lacks)
  }
  static func warning(_ message: String) -> CheckFinding { CheckFinding(.warning, message) }
  static func skipped(_ reason: String) -> CheckFinding { CheckFinding(.skipped, reason) }

  // As the probe writes it and the checker reads it.

  var value: JSONValue {
    var object: JSONObject = ["outcome": .text(outcome.rawValue), "message": .text(message)]
    if let lacks { object["lacks"] = .text(lacks.rawValue) }
    return .object(object)
  }

  init?(_ value: JSONValue) {
    guard let outcome = value["outcome"]?.asText.flatMap(CheckOutcome.init) else { return nil }
    self.init(
      outcome, value["message"]?.asText ?? "",
      lacks: value["lacks"]?.asText.flatMap(CheckNeed.init))
  }
}

/// A finding that ends its check early.
struct CheckStop: Error {
  let finding: CheckFinding
  init(_ finding: CheckFinding) { self.finding = finding }
}
