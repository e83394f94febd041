// SPDX-License-Identifier: Apache-2.0
// Checking where runs are routed to, and whose delays are cancelled.

import Values

extension ConnectorCheck {
  /// Runs end up in a circle at this hop; spec/engine.md, Routing.
  private static let hops = 10

  func checkRoutes() {
    for site in connector.actionSites {
      let with = site.path.appending("with")
      if site.action.use == .route {
        checkRoute(of: site.action, at: with.appending("connector"))
        checkEvent(of: site.action, at: with.appending("event"))
      }
      if site.action.use == .cancelDelay { checkCancel(at: with.appending("delays")) }
    }
  }

  private func checkRoute(of action: ActionComponent, at path: DocumentPath) {
    guard let text = action.literalText("connector") else { return }
    let target = ConnectorName(text)
    if target == connector.name {
      error(
        "routes_to_itself",
        "the connector routes to itself: name another one, or loop over a list with \"for_each\"",
        at: path)
      return
    }
    guard isKnown(text, at: path) else { return }
    if context.connectors?[target] == .webhook {
      warning(
        "two_entrances",
        "\"\(target)\" also has a webhook of its own: events reach it on two ways, which is right "
          + "only if both look alike",
        at: path)
    }
    if let circle = circle(from: target) {
      warning(
        "routes_in_a_circle",
        "events go round in a circle, " + circle.map(\.rawValue).joined(separator: " → ")
          + ": a run is refused after \(ConnectorCheck.hops) hops",
        at: path)
    }
  }

  /// An event that is written out has to fit what the target accepts; of one with templates in it
  /// only the names are known.
  private func checkEvent(of action: ActionComponent, at path: DocumentPath) {
    guard let text = action.literalText("connector"), let event = action.with["event"],
      let target = context.accepting[ConnectorName(text)]
    else { return }
    let reason: String?
    switch event {
    case .literal(let value): reason = target.refusal(of: value)
    case .object(let members):
      let names = members.map { ($0.name, JSONValue.null) }
      reason = target.absent(in: JSONObject(names)).first.map { "event.\($0) is missing" }
    default: reason = nil
    }
    guard let reason else { return }
    error("event_not_accepted", "\"\(text)\" does not accept this event: \(reason)", at: path)
  }

  private func checkCancel(at path: DocumentPath) {
    for (index, pair) in (connector.document.value(at: path)?.asList ?? []).enumerated() {
      checkIdentifier(of: pair, at: path.appending(index))
      guard let name = pair["connector"]?.asText, !contains(name, "{{") else { continue }
      _ = isKnown(trimmed(name), at: path.appending(index).appending("connector"))
    }
  }

  /// A pair without an identifier is no mistake at run time, where an attribute may be empty.
  private func checkIdentifier(of pair: JSONValue, at path: DocumentPath) {
    let identifier = pair["identifier"]
    guard pair.asObject != nil, trimmed(identifier?.asText ?? "").isEmpty,
      identifier == nil || identifier == .null || identifier?.asText != nil
    else { return }
    error(
      "missing_identifier",
      "without an \"identifier\" the pair cancels nothing: write the one that the delay has",
      at: path)
  }

  /// Whether a connector exists; ids, which are numbers, are known to the store alone.
  private func isKnown(_ name: String, at path: DocumentPath) -> Bool {
    guard let connectors = context.connectors, Int64(name) == nil,
      ConnectorName(name) != connector.name, connectors[ConnectorName(name)] == nil
    else { return true }
    let known = connectors.keys.map(\.rawValue)
    error(
      "unknown_connector",
      "the project \(context.project) has no connector \"\(name)\""
        + Suggestion.text(for: name, among: known),
      at: path, nearest: Suggestion.nearest(to: name, among: known))
    return false
  }

  /// The shortest way from a connector back to this one, this one at both ends.
  private func circle(from start: ConnectorName) -> [ConnectorName]? {
    var ways: [[ConnectorName]] = [[connector.name, start]]
    var seen: Set<ConnectorName> = [start]
    while !ways.isEmpty {
      let way = ways.removeFirst()
      for next in (way.last.flatMap { context.routes[$0] } ?? []).sorted() {
        if next == connector.name { return way + [next] }
        if seen.insert(next).inserted { ways.append(way + [next]) }
      }
    }
    return nil
  }
}
