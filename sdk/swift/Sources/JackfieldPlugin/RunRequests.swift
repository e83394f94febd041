// SPDX-License-Identifier: Apache-2.0
// What `RunService` is asked with, and what it answers.
import Values

/// The key a run is entered under: at most one live run for each connector and subject.
public struct RunEntry: Sendable, Hashable {
  /// What happens while a run is live under the key.
  public enum IfEnrolled: String, Sendable, Hashable {
    /// Nothing is started.
    case leave
    /// The live run is cancelled first.
    case restart
  }

  public var subject: String
  public var ifEnrolled: IfEnrolled
  /// As what the run is entered: `sequence`, `funnel`, `chatbot`.
  public var kind: String?

  public init(subject: String, ifEnrolled: IfEnrolled = .leave, kind: String? = nil) {
    self.subject = subject
    self.ifEnrolled = ifEnrolled
    self.kind = kind
  }

  var json: JSONObject {
    var json: JSONObject = [
      "subject": .text(subject), "if_enrolled": .text(ifEnrolled.rawValue),
    ]
    if let kind { json["as"] = .text(kind) }
    return json
  }
}

/// What identifies delays: the connector they were made by, and an identifier of theirs.
public struct DelayKey: Sendable, Hashable {
  /// A name or an id; nil is this run's connector.
  public var connector: String?
  public var identifier: String

  public init(connector: String? = nil, identifier: String) {
    self.connector = connector
    self.identifier = identifier
  }

  var json: JSONValue {
    var json: JSONObject = ["identifier": .text(identifier)]
    if let connector { json["connector"] = .text(connector) }
    return .object(json)
  }
}

/// What becomes of a run whose delay is cancelled.
public enum CancelledRuns: String, Codable, Sendable, Hashable {
  case end, resume
}

/// A run that starts with the step's outcome.
public struct StartedRun: Sendable, Hashable {
  /// The connector's name.
  public let connector: String
  public let hops: Int64
  /// The run's id, filled in with the outcome; under a key the one that is live now.
  public let run: JSONValue
  /// Whether it was started by this call, filled in with the outcome.
  public let isStarted: JSONValue
  /// The run that was live under the key before, or null; filled in with the outcome.
  public let previous: JSONValue

  init(_ answer: JSONValue) {
    connector = answer["connector"]?.asText ?? ""
    hops = answer["hops"]?.asInteger ?? 0
    run = answer["run"] ?? .null
    isStarted = answer["started"] ?? .null
    previous = answer["previous"] ?? .null
  }
}

/// The delays that were cancelled, both filled in with the outcome.
public struct CancelledDelays: Sendable, Hashable {
  public let count: JSONValue
  /// `[{connector, identifier, run}]`, at most 1,000.
  public let runs: JSONValue
}

/// A run taken out of a connector.
public struct LeftRun: Sendable, Hashable {
  /// The connector's name.
  public let connector: String
  /// The run's id or null, filled in with the outcome.
  public let run: JSONValue
  /// Whether there was one, filled in with the outcome.
  public let wasLive: JSONValue
}
