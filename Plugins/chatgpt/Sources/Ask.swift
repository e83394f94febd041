// SPDX-License-Identifier: Apache-2.0
// chatgpt.ask: asks a chat model and returns its answer.
import JackfieldBase
import JackfieldPlugin

/// Asks any server that speaks the OpenAI chat-completions protocol.
struct Ask: Action {
  static let id = "chatgpt.ask"

  struct Parameters: Decodable {
    var credential: String?
    var model: String?
    var system: String?
    var prompt: String
    var temperature: Double?
    var max_tokens: Int?
    var output: Output?
    var schema: JSONValue?
  }

  enum Output: String, Decodable {
    case text, json
  }

  struct Result: Encodable {
    var text: String
    var json: JSONValue?
    var model: String
    var finish_reason: String
    var usage: Usage
    var memory_turns = 0
  }

  struct Usage: Encodable {
    var prompt_tokens: Int64 = 0
    var completion_tokens: Int64 = 0
    var total_tokens: Int64 = 0
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    let server = try ChatServer(p.credential, call)
    guard let model = Self.given(p.model) ?? server.model else {
      throw .invalidInput(
        "no_model", "model is empty, and credential \(server.credential) names none")
    }
    let output = p.output ?? .text
    if let schema = p.schema, !schema.isEmpty, output != .json {
      throw .invalidInput("schema_without_json", "schema is given: set output to json")
    }
    let request = server.request(try body(p, model: model, output: output, server))
    let response = try ChatAnswer.reading { () throws(ActionError) in try call.http.send(request) }
    if let error = ChatError.error(response) { throw error }
    let answer = try ChatAnswer(response)
    var result = Result(
      text: answer.text, model: answer.model ?? model, finish_reason: answer.finishReason,
      usage: answer.usage)
    if output == .json { result.json = try answer.json(matching: p.schema) }
    return result
  }

  private func body(
    _ p: Parameters, model: String, output: Output, _ server: ChatServer
  ) throws(ActionError) -> JSONValue {
    var messages: [JSONValue] = []
    if let system = Self.given(p.system) {
      messages.append(["role": "system", "content": .text(system)])
    }
    messages.append(["role": "user", "content": .text(p.prompt)])
    var body: JSONObject = ["model": .text(model), "messages": .list(messages)]
    if let temperature = p.temperature {
      body["temperature"] = JSONValue(floatLiteral: temperature)
    }
    if let limit = p.max_tokens { body[server.tokenField] = .integer(Int64(limit)) }
    if output == .json {
      if let schema = p.schema, !schema.isEmpty {
        body["response_format"] = [
          "type": "json_schema",
          "json_schema": ["name": "answer", "strict": true, "schema": schema],
        ]
      } else {
        body["response_format"] = ["type": "json_object"]
      }
    }
    return .object(body)
  }

  private static func given(_ text: String?) -> String? {
    text.flatMap { $0.trimmed.isEmpty ? nil : $0 }
  }
}
