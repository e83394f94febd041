// SPDX-License-Identifier: Apache-2.0
// The host of a call that runs again.

import Pipeline
import PluginRuntime
import Values

/// Answers each request as the transcript says, in the order in which it was answered.
///
/// The first request that is not as recorded ends everything: what the plugin would be told next,
/// nobody knows.
///
/// **Isolation**: any thread of the plugin.
// Safe because: every stored property but the lock and what is constant is touched only under it.
final class ReplayHost: ServiceBackend, @unchecked Sendable {
  private let exchanges: [CallTranscript.Exchange]
  /// The places of the answered requests, in the order of their answers.
  private let answered: [Int]
  private let stop: @Sendable (ReplayVerdict) -> Never
  private let lock = Lock()
  private var isTaken: [Bool]
  private var waiting: [Int: (box: ReplyBox, exchange: UInt32)] = [:]
  private var given = 0
  private var lines: [String] = []
  /// Told how many requests were served.
  private let note: @Sendable (Int) -> Void

  init(
    _ exchanges: [CallTranscript.Exchange], note: @escaping @Sendable (Int) -> Void,
    stop: @escaping @Sendable (ReplayVerdict) -> Never
  ) {
    self.exchanges = exchanges
    self.note = note
    self.stop = stop
    answered = exchanges.indices.filter { exchanges[$0].answer != nil }
      .sorted { (exchanges[$0].answer?.order ?? 0) < (exchanges[$1].answer?.order ?? 0) }
    isTaken = exchanges.map { _ in false }
  }

  /// How many requests were made.
  var asked: Int { lock.locked { isTaken.count { $0 } } }
  var log: [String] { lock.locked { lines } }

  func begin(_ request: ServiceRequest, box: ReplyBox) {
    let use = ServiceUse(request)
    let problem = lock.locked { () -> ReplayVerdict? in
      let place: Int
      switch find(use) {
      case .success(let found): place = found
      case .failure(let stop): return stop.verdict
      }
      isTaken[place] = true
      waiting[place] = (box, request.exchange)
      note(isTaken.count { $0 })
      return giveAnswers()
    }
    if let problem { stop(problem) }
  }

  // MARK: which request it is

  private struct Stop: Error {
    let verdict: ReplayVerdict
  }

  /// The next one of the transcript, or one that it asked for without waiting for those before:
  /// threads take turns as they like.
  private func find(_ use: ServiceUse) -> Result<Int, Stop> {
    let open = exchanges.indices.filter { !isTaken[$0] }
    guard let next = open.first else {
      let verdict = ReplayVerdict(
        .diverged,
        "it asks for \(use.shown) (\(use.name)) after the \(exchanges.count) calls that the record "
          + "has", call: exchanges.count + 1)
      return .failure(Stop(verdict: verdict))
    }
    for place in open where isTogether(place, after: open.prefix { $0 < place }) {
      if exchanges[place].difference(from: use) == nil { return .success(place) }
    }
    return .failure(Stop(verdict: exchanges[next].verdict(on: use, call: next + 1, of: exchanges.count)))
  }

  private func isTogether(_ place: Int, after earlier: some Sequence<Int>) -> Bool {
    earlier.allSatisfy { (exchanges[$0].answer?.order ?? .max) > exchanges[place].after }
  }

  // MARK: answers

  /// Under the lock: gives those whose turn has come. What the transcript lacks is a verdict.
  private func giveAnswers() -> ReplayVerdict? {
    while given < answered.count, let asker = waiting[answered[given]] {
      let place = answered[given]
      guard let answer = exchanges[place].answer else { break }
      if let bytes = answer.message.cutBytes {
        return ReplayVerdict(
          .incomplete,
          "the record does not have the answer to call \(place + 1), \(exchanges[place].shown): it "
            + "had \(bytes) bytes, more than is kept of a call", call: place + 1)
      }
      waiting[place] = nil
      given += 1
      asker.box.deliver(
        ServiceReply(
          exchange: asker.exchange, status: answer.errorClass?.status ?? 0,
          json: answer.message.json.jsonBytes[...], body: answer.message.body[...]))
    }
    return nil
  }

  /// Answers what nothing was answered to: the time of the call is over.
  func refuseOpen() {
    let open = lock.locked {
      defer { waiting = [:] }
      return Array(waiting.values)
    }
    for (box, exchange) in open {
      box.deliver(
        ServiceReply(
          exchange: exchange, status: ErrorClass.unavailable.status,
          json: Array(#"{"code":"deadline","message":"the call's time is over"}"#.utf8)[...]))
    }
  }

  func log(call: UInt32, level: UInt8, text: String) {
    lock.locked { if lines.count < 200 { lines.append(String(text.prefix(500))) } }
  }

  func progress(call: UInt32, json: [UInt8]) {}
}

extension CallTranscript.Exchange {
  /// Where a request differs from this one, and how; nil when it does not.
  fileprivate func difference(from use: ServiceUse) -> (path: String, was: String, now: String)? {
    if service != use.name { return ("$service", service, use.name) }
    guard request.cutBytes == nil else { return nil }
    if let found = JSONDifference.first(Self.timeless(request.json), Self.timeless(use.json)) {
      return (found.path, found.left.brief, found.right.brief)
    }
    return Self.difference(request.body, use.body)
  }

  /// A plugin may ask for as much time as its call has left, which is never the same.
  private static func timeless(_ value: JSONValue) -> JSONValue {
    guard var object = value.asObject else { return value }
    object["timeout_ms"] = nil
    return .object(object)
  }

  private static func difference(
    _ was: [UInt8], _ now: [UInt8]
  ) -> (path: String, was: String, now: String)? {
    guard was != now else { return nil }
    if let one = try? JSONValue(parsing: was), let other = try? JSONValue(parsing: now),
      let found = JSONDifference.first(one, other)
    {
      return ("$body" + found.path.dropFirst(), found.left.brief, found.right.brief)
    }
    let place = zip(was, now).prefix { $0 == $1 }.count
    func around(_ bytes: [UInt8]) -> String {
      let start = max(0, place - 20)
      return JSONValue.text(String(decoding: bytes[min(start, bytes.count)...].prefix(60), as: UTF8.self))
        .json
    }
    return ("$body[\(place)]", around(was), around(now))
  }

  fileprivate func verdict(on use: ServiceUse, call: Int, of count: Int) -> ReplayVerdict {
    guard let (path, was, now) = difference(from: use) else {
      // It is as recorded, and comes too early.
      return ReplayVerdict(.diverged, "call \(call) of \(count) comes too early: \(shown)", call: call)
    }
    guard path != "$service" else {
      return ReplayVerdict(
        .diverged, "call \(call) of \(count) is \(use.name) (\(use.shown)), the record has \(shown)",
        call: call, path: path)
    }
    return ReplayVerdict(
      .diverged, "call \(call) of \(count), \(shown), differs at \(path): recorded \(was), now \(now)",
      call: call, path: path)
  }
}
