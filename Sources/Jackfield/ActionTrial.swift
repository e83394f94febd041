// SPDX-License-Identifier: Apache-2.0
// One action tried out.
import Values

/// What an action asked of the outside, and what came of it.
public struct ActionTrial: Sendable {
  /// The action, as `http.request`.
  public let use: String
  public let run: Int64
  /// False where nothing was sent.
  public let isSent: Bool
  /// In the order they were made.
  public let exchanges: [HTTPExchange]
  /// `succeeded`, or how it failed; of one that was not sent, why nothing is shown.
  ///
  /// **Shape** as the run's journal has it: `{status, output?, error?}`.
  public let outcome: JSONValue
  /// The connector whose action has learned the shape of this answer; nil where none has.
  public let learnedBy: String?
  /// The shape of the answer's JSON.
  public let shape: JSONValue?

  /// Whether it came as far as it was meant to.
  public var isWell: Bool {
    if isSent { return outcome["status"] == "succeeded" }
    return !exchanges.isEmpty && outcome["error"]?["code"] == "trial"
  }

  /// **Shape** `{use, run, sent, requests: [{method, url, headers, credential?, body_blob?, parts?,
  /// body?}], outcome, learned_by?, shape?}`
  public var value: JSONValue {
    var value: JSONObject = [
      "use": .text(use), "run": .integer(run), "sent": .boolean(isSent),
      "requests": .list(exchanges.map(\.requestValue)), "outcome": outcome,
    ]
    if let learnedBy { value["learned_by"] = .text(learnedBy) }
    if let shape { value["shape"] = shape }
    return .object(value)
  }
}

extension HTTPExchange {
  /// The request alone, with as much of its body as is kept.
  fileprivate var requestValue: JSONValue {
    var value = head["request"]?.asObject ?? [:]
    if !request.body.isEmpty {
      value["body"] = .text(String(decoding: request.body, as: UTF8.self))
    }
    if request.size > 0 { value["body_size"] = .integer(Int64(request.size)) }
    return .object(value)
  }
}
