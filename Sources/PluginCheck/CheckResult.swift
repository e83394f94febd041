// SPDX-License-Identifier: Apache-2.0
// The result of one check.

import Values

/// A check and what it found.
package struct CheckResult: Sendable {
  package let name: String
  package let finding: CheckFinding

  package var outcome: CheckOutcome { finding.outcome }

  var value: JSONValue {
    var object: JSONObject = ["check": .text(name), "outcome": .text(outcome.rawValue)]
    if !finding.message.isEmpty { object["message"] = .text(finding.message) }
    return .object(object)
  }
}
