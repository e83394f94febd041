// SPDX-License-Identifier: Apache-2.0
// What a model is asked, whatever protocol its server speaks.
import JackfieldPlugin

/// One question with what was said before.
struct ChatQuestion {
  var model: String
  var system: String?
  /// Earlier exchanges, the oldest first.
  var exchanges: [ChatExchange] = []
  var prompt: String
  var temperature: Double?
  var maxTokens: Int?
  var wantsJSON = false
  /// With `wantsJSON`: what the answer has to fit.
  var schema: JSONValue?

  /// The conversation as messages, without the system's.
  var messages: [JSONValue] {
    var messages: [JSONValue] = []
    for exchange in exchanges {
      messages.append(["role": "user", "content": .text(exchange.prompt)])
      messages.append(["role": "assistant", "content": .text(exchange.answer)])
    }
    messages.append(["role": "user", "content": .text(prompt)])
    return messages
  }

  /// The schema by the name servers want for it; nil where any object will do.
  var namedSchema: JSONObject? {
    guard let schema, !schema.isEmpty else { return nil }
    return ["name": "answer", "strict": true, "schema": schema]
  }
}

/// What was asked and answered once.
struct ChatExchange: Equatable {
  var prompt: String
  var answer: String
}
