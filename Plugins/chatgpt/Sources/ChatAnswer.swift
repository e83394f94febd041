// SPDX-License-Identifier: Apache-2.0
// What the model said.
import JackfieldBase
import JackfieldPlugin

/// A successful answer, read leniently: compatible servers leave things out.
struct ChatAnswer {
  let text: String
  let model: String?
  /// `stop`, `length` where the limit cut the answer off, or the server's own word.
  let finishReason: String
  let usage: Ask.Usage

  /// The text as the JSON that was asked for; a fence of Markdown around it is taken off.
  ///
  /// **Throws**: `failed`, code `not_the_json`.
  func json(matching schema: JSONValue?) throws(ActionError) -> JSONValue {
    guard finishReason != "length", let value = try? JSONValue(parsing: Self.unfenced(text)) else {
      throw .failed("not_the_json", "answer is not the JSON asked for: it does not parse")
    }
    if let schema, !schema.isEmpty, let mistake = AnswerSchema(schema).mistake(in: value) {
      throw .failed("not_the_json", "answer is not the JSON asked for: \(mistake)")
    }
    if schema?.isEmpty ?? true, value.asObject == nil {
      throw .failed("not_the_json", "answer is not the JSON asked for: no object")
    }
    return value
  }

  private static func unfenced(_ text: String) -> String {
    let whole = text.trimmed
    guard whole.hasPrefix("```"), whole.hasSuffix("```"), whole.count > 6,
      let lineEnd = whole.firstIndex(where: \.isNewline)
    else { return whole }
    return String(whole[lineEnd...].dropLast(3)).trimmed
  }
}

// MARK: chat completions

extension ChatAnswer {
  init(completion body: JSONValue?) throws(ActionError) {
    guard let choice = body?["choices"]?[0] else { throw Self.unreadable("choices") }
    let message = choice["message"]
    if let refusal = message?["refusal"]?.asText, !refusal.isEmpty { throw Self.refused(refusal) }
    finishReason = choice["finish_reason"]?.asText ?? "stop"
    if finishReason == "content_filter" { throw Self.filtered }
    text = message?["content"]?.asText ?? ""
    model = body?["model"]?.asText
    let counts = body?["usage"]
    usage = Ask.Usage(
      prompt_tokens: counts?["prompt_tokens"]?.asInteger ?? 0,
      completion_tokens: counts?["completion_tokens"]?.asInteger ?? 0,
      total_tokens: counts?["total_tokens"]?.asInteger ?? 0)
  }

  fileprivate static func unreadable(_ missing: String) -> ActionError {
    .failed("unreadable_answer", "the server's answer has no \(missing) in it")
  }

  fileprivate static func refused(_ text: String) -> ActionError {
    .failed("refused", "refused: \(text)")
  }

  fileprivate static let filtered = refused("the content filter ended the answer")
}

// MARK: responses

extension ChatAnswer {
  /// A response tells by its status how it ended, whatever the HTTP status was.
  init(response body: JSONValue?) throws(ActionError) {
    guard let output = body?["output"]?.asList else {
      if let failure = ChatError.failure(body) { throw failure }
      throw Self.unreadable("output")
    }
    switch body?["status"]?.asText {
    case "completed", nil: finishReason = "stop"
    case "incomplete":
      let reason = body?["incomplete_details"]?["reason"]?.asText ?? "incomplete"
      if reason == "content_filter" { throw Self.filtered }
      finishReason = reason == "max_output_tokens" ? "length" : reason
    case let status?:
      throw ChatError.failure(body)
        ?? .failed("server_failed", "the server's answer is \(status), not completed")
    }
    let parts = output.filter { $0["type"] == "message" }.flatMap { $0["content"]?.asList ?? [] }
    if let refusal = parts.first(where: { $0["type"] == "refusal" })?["refusal"]?.asText {
      throw Self.refused(refusal)
    }
    text = parts.filter { $0["type"] == "output_text" }.compactMap { $0["text"]?.asText }.joined()
    model = body?["model"]?.asText
    let counts = body?["usage"]
    usage = Ask.Usage(
      prompt_tokens: counts?["input_tokens"]?.asInteger ?? 0,
      completion_tokens: counts?["output_tokens"]?.asInteger ?? 0,
      total_tokens: counts?["total_tokens"]?.asInteger ?? 0)
  }
}
