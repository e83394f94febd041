// SPDX-License-Identifier: Apache-2.0
// Reading an action.

import Values

extension ActionComponent {
  static let documentKeys = [
    "id", "title", "use", "with", "save", "if", "timeout", "retry", "on_limit", "on_unknown",
    "fallback", "alert",
  ]

  /// - Parameters:
  ///   - depth: how many fallbacks this action stands in
  ///   - standIn: the id of an action in a project's policy, where none is needed
  static func read(
    _ source: DocumentValue, depth: Int = 0, standIn: String? = nil
  ) -> ActionComponent? {
    guard let object = source.object(keys: documentKeys) else { return nil }
    let id =
      if object["id"] == nil, let standIn { ComponentID?.some(ComponentID(standIn)) } else {
        object.required("id")?.name().map { ComponentID($0) }
      }
    let use = object.required("use").flatMap(readUse)
    let with = object["with"].map(readWith) ?? .literal([:])
    let save = object["save"]?.name()
    let condition = object["if"].flatMap { Condition.readTree($0) }
    let fallback = object["fallback"].flatMap {
      Fallback.read($0, depth: depth, standIn: standIn)
    }
    let title = object["title"]?.text(atMost: PipelineLimits.titleLength)
    let policy = ActionPolicyReading(object)
    guard let id, let use else { return nil }
    var action = ActionComponent(id: id, use: use, with: with)
    action.title = title
    action.save = save
    action.condition = condition
    action.fallback = fallback
    policy.fill(&action)
    return action
  }

  private static func readUse(_ source: DocumentValue) -> ActionID? {
    guard let text = source.text(atMost: 2 * PipelineLimits.nameLength) else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, DocumentName.isPluginID(String(parts[0])),
      DocumentName.isValid(String(parts[1]))
    else {
      source.error(
        "bad_id", "\"use\" is \"\(text)\": write plugin.action, as in `jackfield action list`")
      return nil
    }
    return ActionID(text)
  }

  private static func readWith(_ source: DocumentValue) -> TemplateTree {
    guard source.value.asObject != nil else {
      source.wrongType("an object of parameters")
      return .literal([:])
    }
    return TemplateTree.read(source)
  }
}

/// What an action says about its own policy.
private struct ActionPolicyReading {
  let timeout: Duration?
  let retry: RetryPolicy?
  let onLimit: OnLimit?
  let onUnknown: OnUnknown?
  let alert: ActionAlert?

  init(_ object: DocumentObject) {
    timeout = object["timeout"]?.duration()
    retry = object["retry"].flatMap(RetryPolicy.read)
    onLimit = object["on_limit"]?.choice(OnLimit.self)
    onUnknown = object["on_unknown"]?.choice(OnUnknown.self)
    alert = object["alert"].flatMap(ActionAlert.read)
  }

  func fill(_ action: inout ActionComponent) {
    action.timeout = timeout
    action.retry = retry
    action.onLimit = onLimit
    action.onUnknown = onUnknown ?? .fail
    action.alert = alert
  }
}

extension ActionAlert {
  static func read(_ source: DocumentValue) -> ActionAlert? {
    guard let object = source.object(keys: ["to", "channel", "every"]),
      let to = object.required("to").flatMap({ $0.addresses() })
    else { return nil }
    var alert = ActionAlert(to: to)
    alert.channel = object["channel"]?.name()
    if let every = object["every"]?.duration(atLeast: .seconds(1)) { alert.every = every }
    return alert
  }
}

extension DocumentValue {
  /// Mail addresses of an alert, which are never templates: an alert has to work when a run fails.
  func addresses() -> [String]? {
    guard let list = texts(atMost: PipelineLimits.alertAddresses, length: 254) else { return nil }
    if list.isEmpty { error("empty", "\(label) is empty: name an address") }
    for (index, address) in list.enumerated() {
      let parts = address.split(separator: "@", omittingEmptySubsequences: false)
      let isPlain = address.utf8.allSatisfy { $0 > 32 && $0 != 123 && $0 != 127 }
      guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), isPlain else {
        findings.add(
          .error, "bad_address",
          "element \(index) of \(label) is \"\(address)\": write a mail address, name@host",
          at: path.appending(index))
        continue
      }
    }
    return list
  }
}
