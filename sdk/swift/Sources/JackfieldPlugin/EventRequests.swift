// SPDX-License-Identifier: Apache-2.0
// What `EventService` is asked with, and what it answers.
import Values

/// The triggers that an event can be raised for.
public enum EventKind: String, Codable, Sendable, Hashable, CaseIterable {
  case message
  case messageStatus = "message_status"
  case email, record, reminder
  case macroButton = "macro_button"
}

/// What became of something that went out.
public struct EventNews: Sendable, Hashable {
  public enum State: String, Codable, Sendable, Hashable {
    case succeeded, failed
  }

  public var state: State
  /// Who it was for, where it was for several.
  public var target: String?
  /// The class of the error, as `denied`; `failed` where none is named.
  public var errorClass: String?
  public var code: String?
  public var message: String?
  public var result: JSONValue?

  public init(
    _ state: State, target: String? = nil, errorClass: String? = nil, code: String? = nil,
    message: String? = nil, result: JSONValue? = nil
  ) {
    self.state = state
    self.target = target
    self.errorClass = errorClass
    self.code = code
    self.message = message
    self.result = result
  }

  var json: JSONObject {
    var json: JSONObject = ["state": .text(state.rawValue)]
    if let target { json["target"] = .text(target) }
    if let errorClass { json["class"] = .text(errorClass) }
    if let code { json["code"] = .text(code) }
    if let message { json["message"] = .text(message) }
    if let result { json["result"] = result }
    return json
  }
}

/// What an event leads to; each is filled in with the outcome.
public struct RaisedEvent: Sendable, Hashable {
  /// `[{connector, run}]`.
  public let runs: JSONValue
  /// The id of the run that goes on with the message, or null.
  public let woken: JSONValue
  /// Whether the same kind and key were raised before.
  public let isRepeated: JSONValue
  /// Whether the contact's messages have started too many runs within a minute.
  public let isStopped: JSONValue

  init(_ answer: JSONValue) {
    runs = answer["runs"] ?? .null
    woken = answer["woken"] ?? .null
    isRepeated = answer["repeated"] ?? .null
    isStopped = answer["stopped"] ?? .null
  }
}

/// The attempt that news were about; both are filled in with the outcome.
public struct SettledAttempt: Sendable, Hashable {
  /// Whether there was one whose outcome was unknown.
  public let isSettled: JSONValue
  /// The id of its run, or null.
  public let run: JSONValue

  init(_ answer: JSONValue) {
    isSettled = answer["settled"] ?? .null
    run = answer["run"] ?? .null
  }
}
