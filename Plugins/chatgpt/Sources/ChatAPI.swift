// SPDX-License-Identifier: Apache-2.0
// The two protocols of OpenAI's that chat servers speak.
import JackfieldPlugin

/// How a server is asked, and how its answers are read.
enum ChatAPI: String {
  /// `POST /chat/completions`, which every compatible server knows.
  case chatCompletions = "chat_completions"
  /// `POST /responses`.
  case responses

  var path: String {
    switch self {
    case .chatCompletions: "/chat/completions"
    case .responses: "/responses"
    }
  }

  /// - Parameter tokenField: what the server calls the limit of a chat completion's length
  func body(_ question: ChatQuestion, tokenField: String) -> JSONValue {
    var body: JSONObject = ["model": .text(question.model)]
    switch self {
    case .chatCompletions:
      var messages = question.messages
      if let system = question.system {
        messages.insert(["role": "system", "content": .text(system)], at: 0)
      }
      body["messages"] = .list(messages)
    case .responses:
      if let system = question.system { body["instructions"] = .text(system) }
      body["input"] = .list(question.messages.map(item))
      // What is remembered is remembered here, under the project's rules.
      body["store"] = false
    }
    if let temperature = question.temperature {
      body["temperature"] = JSONValue(floatLiteral: temperature)
    }
    if let limit = question.maxTokens {
      body[self == .responses ? "max_output_tokens" : tokenField] = .integer(Int64(limit))
    }
    if question.wantsJSON { addFormat(of: question, to: &body) }
    return .object(body)
  }

  /// A message as an item of a response's input: what the model said is output there too.
  private func item(_ message: JSONValue) -> JSONValue {
    guard message["role"] == "assistant", let text = message["content"] else { return message }
    return [
      "type": "message", "role": "assistant",
      "content": [["type": "output_text", "text": text]],
    ]
  }

  private func addFormat(of question: ChatQuestion, to body: inout JSONObject) {
    switch (self, question.namedSchema) {
    case (.chatCompletions, let schema?):
      body["response_format"] = ["type": "json_schema", "json_schema": .object(schema)]
    case (.chatCompletions, nil):
      body["response_format"] = ["type": "json_object"]
    case (.responses, var schema?):
      schema["type"] = "json_schema"
      body["text"] = ["format": .object(schema)]
    case (.responses, nil):
      body["text"] = ["format": ["type": "json_object"]]
    }
  }

  /// **Throws**: `failed`: `refused` for a refusal or a content filter, `empty_answer`,
  /// `unreadable_answer`; what a response that failed says of itself.
  func answer(_ response: HTTPResponse) throws(ActionError) -> ChatAnswer {
    let answer: ChatAnswer
    switch self {
    case .chatCompletions: answer = try ChatAnswer(completion: response.anyJSON)
    case .responses: answer = try ChatAnswer(response: response.anyJSON)
    }
    guard !answer.text.isEmpty else { throw .failed("empty_answer", "empty answer") }
    return answer
  }
}
