// SPDX-License-Identifier: Apache-2.0
// What the model said.
import JackfieldBase
import JackfieldPlugin

/// A successful answer, read leniently: compatible servers leave things out.
struct ChatAnswer {
  let text: String
  let model: String?
  let finishReason: String
  let usage: Ask.Usage

  /// **Throws**: `failed`: `refused` for a refusal or a content filter, `empty_answer`,
  /// `unreadable_answer`.
  init(_ response: HTTPResponse) throws(ActionError) {
    let body = response.anyJSON
    guard let choice = body?["choices"]?[0] else {
      throw .failed("unreadable_answer", "the server's answer has no choices in it")
    }
    let message = choice["message"]
    finishReason = choice["finish_reason"]?.asText ?? "stop"
    if let refusal = message?["refusal"]?.asText, !refusal.isEmpty {
      throw .failed("refused", "refused: \(refusal)")
    }
    let text = message?["content"]?.asText ?? ""
    if finishReason == "content_filter" {
      throw .failed("refused", "refused: the content filter ended the answer")
    }
    guard !text.isEmpty else { throw .failed("empty_answer", "empty answer") }
    self.text = text
    model = body?["model"]?.asText
    let counts = body?["usage"]
    usage = Ask.Usage(
      prompt_tokens: counts?["prompt_tokens"]?.asInteger ?? 0,
      completion_tokens: counts?["completion_tokens"]?.asInteger ?? 0,
      total_tokens: counts?["total_tokens"]?.asInteger ?? 0)
  }

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

  /// Asking again changes nothing, so a lost answer is merely unavailable.
  static func reading(
    _ send: () throws(ActionError) -> HTTPResponse
  ) throws(ActionError) -> HTTPResponse {
    do { return try send() } catch {
      guard error.class == .unknownOutcome else { throw error }
      var error = error
      error.class = .unavailable
      throw error
    }
  }

  private static func unfenced(_ text: String) -> String {
    let whole = text.trimmed
    guard whole.hasPrefix("```"), whole.hasSuffix("```"), whole.count > 6,
      let lineEnd = whole.firstIndex(where: \.isNewline)
    else { return whole }
    return String(whole[lineEnd...].dropLast(3)).trimmed
  }
}
