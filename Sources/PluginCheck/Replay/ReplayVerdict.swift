// SPDX-License-Identifier: Apache-2.0
// What a call that ran again came to, beside what it came to before.

import Pipeline
import Values

/// Whether a call did the same as in its transcript.
package struct ReplayVerdict: Sendable, Equatable {
  package enum Kind: String, Sendable {
    /// The same requests, the same outcome.
    case same
    /// Something differs: `message` says what.
    case diverged
    /// The transcript lacks what the call was answered.
    case incomplete
    /// The image could not be loaded, or knows no such action.
    case notRun = "not_run"
  }

  package var kind: Kind
  /// What was found, in a sentence.
  package var message: String
  /// The request that differs, counted from 1.
  package var call: Int?
  /// **Shape** the first place that differs: `$.url`, `$body.items[2]`, `$outcome.error.code`.
  package var path: String?
  /// What the plugin logged.
  package var log: [String] = []

  package init(
    _ kind: Kind, _ message: String, call: Int? = nil, path: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.call = call
    self.path = path
  }

  /// Compares how a call ended.
  ///
  /// - Parameter asked: how many requests it made, all of them as in the transcript.
  init(of ending: CallTranscript.Ending, asked: Int, in transcript: CallTranscript) {
    let (calls, before) = (transcript.exchanges.count, transcript.ending)
    // How often one asks before its time is over, nobody knows.
    let areOverdue = ending.isTimeout && before.isTimeout
    if asked < calls, !areOverdue {
      let missing = transcript.exchanges[asked]
      self.init(
        .diverged,
        "it ended without call \(asked + 1) of \(calls), \(missing.shown): it ended with "
          + "\(ending.shown), the record with \(before.shown)", call: asked + 1)
      return
    }
    if let difference = before.difference(from: ending) {
      self.init(
        .diverged, "its outcome differs at \(difference.path): recorded \(difference.left.brief), "
          + "now \(difference.right.brief); it ended with \(ending.shown), the record with "
          + before.shown, path: difference.path)
      return
    }
    self.init(.same, "\(asked == 1 ? "1 call" : "\(asked) calls"), \(ending.shown)")
  }

  var value: JSONValue {
    var object: JSONObject = ["verdict": .text(kind.rawValue), "message": .text(message)]
    if let call { object["call"] = .integer(Int64(call)) }
    if let path { object["path"] = .text(path) }
    object["log"] = .list(log.map { .text($0) })
    return .object(object)
  }

  init?(_ value: JSONValue) {
    guard let kind = value["verdict"]?.asText.flatMap(Kind.init) else { return nil }
    self.init(
      kind, value["message"]?.asText ?? "", call: value["call"]?.asInteger.map { Int($0) },
      path: value["path"]?.asText)
    log = value["log"]?.asList?.compactMap(\.asText) ?? []
  }
}

extension CallTranscript.Ending {
  /// `success`, `error unavailable no_connection "…"`, `no answer in time, in spin, called by run`.
  var shown: String {
    switch self {
    case .returned(nil, _): return "success"
    case .returned(let kind?, let error):
      let (code, message) = (error["code"]?.asText ?? "", error["message"]?.asText ?? "")
      return "error \(kind.rawValue) \(code) \"\(message)\""
    case .timeout(let place): return "no answer in time" + Self.text(place)
    case .died(let signal?, _, _, let place):
      return "\(ProbeDeath.name(signal))" + Self.text(place)
    case .died(nil, let code?, _, let place): return "exit code \(code)" + Self.text(place)
    case .died(nil, nil, let reason, _): return "the end of its worker (\(reason))"
    }
  }

  private static func text(_ place: [String]) -> String {
    place.isEmpty ? "" : " in " + place.prefix(4).joined(separator: ", called by ")
  }

  var isTimeout: Bool { if case .timeout = self { true } else { false } }

  /// Places do not count: they are names, and another build of the same source has others.
  fileprivate func difference(from other: CallTranscript.Ending) -> JSONDifference? {
    guard let found = JSONDifference.first(compared, other.compared) else { return nil }
    return JSONDifference(
      path: "$outcome" + found.path.dropFirst(), left: found.left, right: found.right)
  }

  private var compared: JSONValue {
    switch self {
    case .returned: return value
    case .timeout: return CallTranscript.Ending.timeout(place: []).value
    case .died(let signal, let exitCode, let reason, _):
      // A worker that is killed for what it did ends by a signal whose number says nothing.
      let isOwn = ["exited", "signalled"].contains(reason)
      return CallTranscript.Ending.died(
        signal: signal, exitCode: isOwn ? exitCode : nil, reason: isOwn ? "" : reason, place: []
      ).value
    }
  }
}

extension CallTranscript.Exchange {
  /// `http.send of POST https://…`.
  var shown: String {
    guard request.cutBytes == nil else { return service }
    let json = request.json
    switch service {
    case "http.send": return "\(service) of \(json["method"]?.asText ?? "") \(json["url"]?.asText ?? "")"
    case "mail.send": return "\(service) to \(json["to"]?.json ?? "nobody")"
    default:
      let name = ["collection", "connector", "name"].compactMap { json[$0]?.asText }.first
      return service + (name.map { " of \"\($0)\"" } ?? "")
    }
  }
}

extension JSONValue? {
  /// One short line.
  var brief: String {
    guard let text = self?.json else { return "nothing" }
    return text.count > 120 ? text.prefix(117) + "…" : text
  }
}
