// SPDX-License-Identifier: Apache-2.0
// Every action of a connector with the place it stands at.

import Values

/// An action of a connector, whether a component of its own or in a fallback.
struct ActionSite {
  let action: ActionComponent
  /// The action's object in the document.
  let path: DocumentPath
  /// The component it is, or belongs to.
  let position: Position
  /// The actions whose failures lead here, the outermost first; empty for a component's own.
  let failed: [ActionComponent]

  /// This site and those of its fallbacks.
  fileprivate var all: [ActionSite] {
    guard case .rules(let rules) = action.fallback else { return [self] }
    var found = [self]
    for (index, rule) in rules.enumerated() {
      guard case .action(let inner) = rule.act else { continue }
      let place = path.appending("fallback").appending(index).appending("do").appending("action")
      let site = ActionSite(
        action: inner, path: place, position: position, failed: failed + [action])
      found += site.all
    }
    return found
  }
}

extension Connector {
  /// Every action, in the order of the document.
  var actionSites: [ActionSite] {
    actions.flatMap { position, action in
      ActionSite(
        action: action, path: .component(position, .action(action)), position: position,
        failed: []
      ).all
    }
  }

  /// The ids of all actions, those of fallbacks too, in the order of the document.
  package var actionIDs: [ComponentID] { actionSites.map(\.action.id) }

  /// Where other connectors are named literally as targets of a route.
  package var routes: Set<ConnectorName> {
    Set(
      actionSites.compactMap { site in
        guard site.action.use == .route else { return nil }
        return site.action.literalText("connector").map { ConnectorName($0) }
      })
  }
}

extension Connector {
  /// What it takes of other connectors; nil where something else starts it.
  package var routed: RoutedTrigger? {
    if case .connector(let trigger) = trigger { trigger } else { nil }
  }
}

extension ActionID {
  static let route: ActionID = "control.route_to_connector"
  static let cancelDelay: ActionID = "control.cancel_delay"
  static let stop: ActionID = "control.stop"
}

extension ActionComponent {
  /// A parameter that is written out.
  func literalText(_ parameter: String) -> String? {
    guard case .literal(let value) = with[parameter] else { return nil }
    return value.asText.map(trimmed).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Whether the run is over after it, whatever happens.
  var endsRun: Bool {
    guard condition == nil else { return false }
    if use == .stop { return true }
    let stops = fallback == nil || fallback == .stop
    return use == .cancelDelay && literalText("then") == "stop" && stops
  }
}

extension DocumentPath {
  static let webhook = DocumentPath([.key("trigger"), .key("webhook")])

  static func step(_ index: Int) -> DocumentPath {
    DocumentPath([.key("steps"), .index(index)])
  }

  /// The object of a component, below the key of its kind.
  static func component(_ position: Position, _ component: Component) -> DocumentPath {
    step(position.step).appending("components").appending(position.component)
      .appending(component.kind)
  }

  /// What stands beside a component.
  static func beside(_ position: Position, _ key: String) -> DocumentPath {
    step(position.step).appending("components").appending(position.component).appending(key)
  }
}

extension JSONDocument {
  /// The value at a path.
  func value(at path: DocumentPath) -> JSONValue? {
    var value: JSONValue? = root
    for element in path.elements {
      switch element {
      case .key(let key): value = value?[key]
      case .index(let index): value = value?[index]
      }
    }
    return value
  }
}
