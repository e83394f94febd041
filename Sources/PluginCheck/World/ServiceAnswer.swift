// SPDX-License-Identifier: Apache-2.0
// What the host answers to a request.

import Pipeline
import Values

/// What a service answers.
package struct ServiceAnswer: Sendable {
  package var status: Int32
  package var json: JSONValue
  package var body: [UInt8] = []

  package static func value(_ json: JSONValue) -> ServiceAnswer { ServiceAnswer(status: 0, json: json) }

  package static func failure(_ kind: ErrorClass, _ code: String, _ message: String) -> ServiceAnswer {
    ServiceAnswer(status: kind.status, json: ["code": .text(code), "message": .text(message)])
  }
}
