// SPDX-License-Identifier: Apache-2.0
// chatgpt.ask: asks a chat model and returns its answer.
import JackfieldBase
import JackfieldPlugin

/// Asks any server that speaks the OpenAI protocols.
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
    var memory: Bool?
    var memory_key: String?
    var memory_turns: Int?
    var memory_hours: Double?
    var memory_reset: Bool?
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
    var memory_turns: Int
  }

  struct Usage: Encodable {
    var prompt_tokens: Int64 = 0
    var completion_tokens: Int64 = 0
    var total_tokens: Int64 = 0
  }

  func run(_ p: Parameters, _ call: Call) throws(ActionError) -> Result {
    let server = try ChatServer(p.credential, call)
    guard let model = p.model.given ?? server.model else {
      throw .invalidInput(
        "no_model", "model is empty, and credential \(server.credential) names none")
    }
    let output = p.output ?? .text
    if let schema = p.schema, !schema.isEmpty, output != .json {
      throw .invalidInput("schema_without_json", "schema is given: set output to json")
    }
    let memory = try ChatMemory(p, server, call)
    let remembered = try memory?.recall() ?? []
    let question = ChatQuestion(
      model: model, system: p.system.given, exchanges: remembered, prompt: p.prompt,
      temperature: p.temperature, maxTokens: p.max_tokens, wantsJSON: output == .json,
      schema: p.schema)
    let request = server.request(server.api.body(question, tokenField: server.tokenField))
    let response = try Self.reading { () throws(ActionError) in try call.http.send(request) }
    if let error = ChatError.error(response) { throw error }
    let answer = try server.api.answer(response)
    var result = Result(
      text: answer.text, model: answer.model ?? model, finish_reason: answer.finishReason,
      usage: answer.usage, memory_turns: remembered.count)
    if output == .json { result.json = try answer.json(matching: p.schema) }
    try memory?.append(p.prompt, answer)
    return result
  }

  /// Asking again changes nothing, so a lost answer is merely unavailable.
  private static func reading(
    _ send: () throws(ActionError) -> HTTPResponse
  ) throws(ActionError) -> HTTPResponse {
    do { return try send() } catch {
      guard error.class == .unknownOutcome else { throw error }
      var error = error
      error.class = .unavailable
      throw error
    }
  }
}
