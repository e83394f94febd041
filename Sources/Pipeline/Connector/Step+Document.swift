// SPDX-License-Identifier: Apache-2.0
// Reading a step and the kinds of its components.

import Values

extension Step {
  static let documentKeys = ["id", "title", "enabled", "for_each", "components"]

  static func read(_ source: DocumentValue) -> Step? {
    guard let object = source.object(keys: documentKeys) else { return nil }
    let id = object.required("id")?.name()
    let components = object.required("components")
    let list = components?.list(atMost: PipelineLimits.components) ?? []
    if components?.value.asList?.isEmpty ?? false {
      components?.error("empty", "\"components\" is empty: add one, or remove the step")
    }
    let read = list.enumerated().compactMap { index, element in
      Component.read(element, standIn: "\(id ?? "step").\(index + 1)")
    }
    let forEach = object["for_each"].flatMap(ForEach.read)
    let title = object["title"]?.text(atMost: PipelineLimits.titleLength)
    let isEnabled = object["enabled"]?.boolean() ?? true
    guard let id else { return nil }
    return Step(
      id: StepID(id), title: title, isEnabled: isEnabled, forEach: forEach, components: read)
  }
}

extension ForEach {
  static func read(_ source: DocumentValue) -> ForEach? {
    guard let object = source.object(keys: ["in", "as", "max", "wait", "on_element_failed"]),
      let source = object.required("in")
    else { return nil }
    if let list = source.value.asList, list.count > PipelineLimits.elements {
      source.error(
        "too_many",
        "\"in\" has \(list.count) elements: a loop goes round \(PipelineLimits.elements) times, "
          + "split the list")
      return nil
    }
    let list = TemplateTree.read(source)
    var loop = ForEach(list: list)
    if let word = object["as"], let name = word.name() {
      if RootWord.reserved.contains(name) || ForEach.words.contains(name) {
        word.error(
          "reserved_name", "\"as\" is \"\(name)\", which is a root word: choose another name")
      }
      loop.name = name
    }
    let most = object["max"]?.integer(in: 1...Int64(PipelineLimits.elements))
    loop.most = most.map { Int($0) } ?? PipelineLimits.elements
    loop.waits = object["wait"]?.choice(LoopWait.self) != LoopWait.none
    loop.stopsOnFailure = object["on_element_failed"]?.choice(ElementFailed.self) == .stop
    return loop
  }

  private enum LoopWait: String, CaseIterable { case all, none }
  private enum ElementFailed: String, CaseIterable { case `continue`, stop }
}

extension Component {
  static let kinds = ["filter", "delay", "format", "action", "wait_for_message"]

  /// - Parameter standIn: the id of a component that needs none and has none
  static func read(_ source: DocumentValue, standIn: String) -> Component? {
    if source.value["for_each"] != nil {
      source.error(
        "nested_loop",
        "\"for_each\" stands on a step, and loops do not nest: hand each element over with "
          + "control.route_to_connector and its \"event\"")
      return nil
    }
    guard let object = source.object(keys: kinds + ["else"]) else { return nil }
    let found = kinds.filter { object[$0] != nil }
    guard found.count == 1, let kind = found.first, let value = object[kind] else {
      source.error(
        found.isEmpty ? "missing_key" : "several_kinds",
        "a component holds exactly one of " + kinds.joined(separator: ", ")
          + (found.isEmpty ? "" : ": it has " + found.joined(separator: " and ")))
      return nil
    }
    if kind != "filter", kind != "wait_for_message", let other = object["else"] {
      other.error(
        "unexpected_key", "\"else\" stands beside a filter or wait_for_message only: remove it")
    }
    let otherwise = object["else"].map(FilterElse.read) ?? .nextStep
    switch kind {
    case "filter":
      return FilterComponent.read(value, otherwise: otherwise, standIn: standIn).map { .filter($0) }
    case "delay": return DelayComponent.read(value, standIn: standIn).map { .delay($0) }
    case "format": return FormatComponent.read(value, standIn: standIn).map { .format($0) }
    case "wait_for_message":
      return MessageWaitComponent.read(value, otherwise: otherwise, standIn: standIn)
        .map { .waitForMessage($0) }
    default: return ActionComponent.read(value).map { .action($0) }
    }
  }
}

extension DocumentObject {
  /// The component's `id`, or the stand-in; nil after a finding.
  func componentID(_ standIn: String) -> ComponentID? {
    guard let written = self["id"] else { return ComponentID(standIn) }
    return written.name().map { ComponentID($0) }
  }
}
