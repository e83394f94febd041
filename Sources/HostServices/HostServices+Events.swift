// SPDX-License-Identifier: Apache-2.0
// Events and news that a call brings in: checked here, carried out with its outcome.
import Pipeline
import PluginHost
import Store
import Values

extension HostServices {
  func eventsRaise(_ call: OpenCall, _ value: JSONValue, _ reply: ReplyOnce) {
    do throws(ActionFailure) {
      let caller = try caller(of: call)
      let kind = try kind(value["kind"]?.asText ?? "")
      let key = try key(value["key"]?.asText ?? "")
      let event = try event(value["event"] ?? .null, call)
      guard caller.hops < HostServicesLimits.hops else {
        throw ActionFailure(.failed, code: "loop_limit", message: "loop limit reached")
      }
      try checkCount(of: call)
      let setup = call.setup
      stage(call, reply) { slot in
        (
          .raise(EventRaise(kind, event, key: key, in: setup, hops: caller.hops + 1, slot: slot)),
          [
            "runs": DeferredValues.stand(for: slot, member: "runs"),
            "woken": DeferredValues.stand(for: slot, member: "woken"),
            "repeated": DeferredValues.stand(for: slot, member: "repeated"),
            "stopped": DeferredValues.stand(for: slot, member: "stopped"),
          ]
        )
      }
    } catch {
      reply(.failure(error))
    }
  }

  func eventsSettle(_ call: OpenCall, _ value: JSONValue, _ reply: ReplyOnce) {
    do throws(ActionFailure) {
      _ = try caller(of: call)
      let key = try key(value["key"]?.asText ?? "")
      let (hasSucceeded, news) = try news(value["news"] ?? .null, call)
      try checkCount(of: call)
      let project = call.order.project
      stage(call, reply) { slot in
        (
          .settle(
            EventNews(
              project: project, key: key, hasSucceeded: hasSucceeded, news: news, slot: slot)),
          [
            "settled": DeferredValues.stand(for: slot, member: "settled"),
            "run": DeferredValues.stand(for: slot, member: "run"),
          ]
        )
      }
    } catch {
      reply(.failure(error))
    }
  }

  // MARK: what is asked, read with suspicion

  private func kind(_ text: String) throws(ActionFailure) -> TriggerKind {
    let kinds = TriggerKind.raisable.filter { $0 != .connector }
    if let kind = kinds.first(where: { $0.rawValue == text }) { return kind }
    let near = Suggestion.text(for: text, among: kinds.map(\.rawValue))
    let hint = text == "connector" ? ": start a run of it, runs.start" : near
    throw ActionFailure(
      .invalidInput, code: "unknown_trigger",
      message: "no event of kind \"\(text.prefix(60))\" can be raised by a call\(hint)")
  }

  @discardableResult
  private func key(_ text: String, _ what: String = "key") throws(ActionFailure) -> String {
    let length = text.unicodeScalars.count
    guard length <= HostServicesLimits.eventKeyLength else {
      throw ActionFailure(
        .invalidInput, code: "key_too_long",
        message: "the \(what) has \(length) characters, the most is "
          + "\(HostServicesLimits.eventKeyLength): hash it, or take a part that is unique")
    }
    return text
  }

  private func event(_ event: JSONValue, _ call: OpenCall) throws(ActionFailure) -> JSONValue {
    guard case .object = event else {
      throw ActionFailure(
        .invalidInput, code: "bad_event",
        message: "an event is a JSON object, not \(event.typeName)")
    }
    try reserve(event, atMost: HostServicesLimits.eventBytes, "the event", call)
    return event
  }

  private func news(
    _ news: JSONValue, _ call: OpenCall
  ) throws(ActionFailure) -> (hasSucceeded: Bool, news: JSONValue) {
    let keys = ["state", "target", "class", "code", "message", "result"]
    guard let object = news.asObject else {
      throw ActionFailure(
        .invalidInput, code: "bad_news", message: "news are a JSON object, not \(news.typeName)")
    }
    if let unknown = object.names.first(where: { !keys.contains($0) }) {
      throw ActionFailure(
        .invalidInput, code: "bad_news",
        message: "news have no \"\(unknown.prefix(60))\""
          + Suggestion.text(for: unknown, among: keys))
    }
    for name in ["target", "class", "code", "message"] {
      guard let value = object[name], value.asText == nil else { continue }
      throw ActionFailure(
        .invalidInput, code: "bad_news",
        message: "\(name) of the news is a text, not \(value.typeName)")
    }
    guard let state = object["state"]?.asText, ["succeeded", "failed"].contains(state) else {
      let given = object["state"]?.json ?? "nothing"
      throw ActionFailure(
        .invalidInput, code: "bad_news",
        message: "state of the news is \"succeeded\" or \"failed\", not \(given.prefix(60))")
    }
    if let name = object["class"]?.asText, ErrorClass(rawValue: name) == nil {
      let known = ErrorClass.allCases.map(\.rawValue)
      throw ActionFailure(
        .invalidInput, code: "bad_news",
        message: "class of the news is \"\(name.prefix(60))\""
          + Suggestion.text(for: name, among: known))
    }
    try key(object["target"]?.asText ?? "", "target")
    try reserve(news, atMost: HostServicesLimits.newsBytes, "the news", call)
    return (state == "succeeded", news)
  }

  private func reserve(
    _ value: JSONValue, atMost most: Int, _ what: String, _ call: OpenCall
  ) throws(ActionFailure) {
    let size = value.jsonBytes.count
    guard size <= most else {
      throw ActionFailure(
        .invalidInput, code: "event_too_large",
        message: "\(what) has \(size) bytes, the most is \(most): hand over less, or a reference "
          + "to a record")
    }
    try reserve(size, in: call)
  }

  private func checkCount(of call: OpenCall) throws(ActionFailure) {
    let count = call.effects.count { effect in
      switch effect {
      case .raise, .settle: true
      default: false
      }
    }
    guard count < HostServicesLimits.eventsPerCall else {
      throw ActionFailure(
        .invalidInput, code: "too_many_events",
        message: "one call raises and settles at most \(HostServicesLimits.eventsPerCall) things: "
          + "spread them over elements of a for_each")
    }
  }
}
