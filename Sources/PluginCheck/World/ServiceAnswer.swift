// SPDX-License-Identifier: Apache-2.0
// What the host answers to a request.

import Pipeline
import Values

/// What a service answers.
struct ServiceAnswer: Sendable {
  var status: Int32
  var json: JSONValue
  var body: [UInt8] = []

  static func value(_ json: JSONValue) -> ServiceAnswer { ServiceAnswer(status: 0, json: json) }

  static func failure(_ kind: ErrorClass, _ code: String, _ message: String) -> ServiceAnswer {
    ServiceAnswer(status: kind.status, json: ["code": .text(code), "message": .text(message)])
  }
}
