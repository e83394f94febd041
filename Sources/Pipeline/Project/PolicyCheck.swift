// SPDX-License-Identifier: Apache-2.0
// Checking the fallbacks that a project's policies name for whole plugins.

import Values

/// Looks at every fallback in the policies of one project document.
struct PolicyCheck {
  let project: ProjectDocument
  let document: JSONDocument
  let findings: FindingList

  /// The roots a policy knows: it stands beside every connector, so it knows no saved name.
  private static let roots = ["event", "contact", "run", "connector", "project", "error", "failed"]

  func run() {
    for plugin in project.plugins {
      guard let fallback = plugin.policy.fallback else { continue }
      let path = PolicyCheck.path(of: plugin.id)
      check(fallback, at: path)
      if let value = document.value(at: path) { checkTemplates(value, path) }
      if let circle = circle(from: plugin.id) {
        findings.add(
          .error, "fallback_circle",
          "the fallbacks of the policies go round in a circle, "
            + circle.map(\.rawValue).joined(separator: " → ")
            + ": give one of their actions a \"fallback\" of its own, such as \"stop\"",
          at: path)
      }
    }
  }

  private static func path(of plugin: PluginID) -> DocumentPath {
    DocumentPath([.key("plugins"), .key(plugin.rawValue), .key("policy"), .key("fallback")])
  }

  private func check(_ fallback: Fallback, at path: DocumentPath) {
    guard case .rules(let rules) = fallback else { return }
    for (index, rule) in rules.enumerated() {
      let place = path.appending(index).appending("do")
      switch rule.act {
      case .stop, .continue: break
      case .goto:
        findings.add(
          .error, "unexpected_key",
          "a policy stands beside every connector and knows no step: write \"goto\" in the "
            + "action's own fallback",
          at: place.appending("goto"))
      case .action(let action):
        let inner = place.appending("action")
        if action.save != nil {
          findings.add(
            .error, "unexpected_key",
            "no connector could read what a policy's action saves: remove \"save\"",
            at: inner.appending("save"))
        }
        if let below = action.fallback { check(below, at: inner.appending("fallback")) }
      }
    }
  }

  private func checkTemplates(_ value: JSONValue, _ path: DocumentPath) {
    switch value {
    case .text(let text):
      guard contains(text, "{{"), let template = try? Template(parsing: text) else { return }
      for reference in template.paths where !PolicyCheck.roots.contains(reference.root) {
        findings.add(
          .error, "unknown_reference",
          "{{\(reference)}}: a policy knows no \"\(reference.root)\""
            + Suggestion.text(for: reference.root, among: PolicyCheck.roots),
          at: path, nearest: Suggestion.nearest(to: reference.root, among: PolicyCheck.roots))
      }
      for use in template.expressions.flatMap(\.formatters) {
        guard let problem = Formatters.problem(use) else { continue }
        findings.add(.error, problem.code, problem.message, at: path, nearest: problem.nearest)
      }
    case .list(let list):
      for (index, element) in list.enumerated() { checkTemplates(element, path.appending(index)) }
    case .object(let object):
      for (name, member) in object where name != "note" {
        checkTemplates(member, path.appending(name))
      }
    default: break
    }
  }

  /// The plugins on the way from a policy's fallback back to its own plugin. An action that has a
  /// fallback of its own takes that, and ends the chain.
  private func circle(from start: PluginID) -> [PluginID]? {
    var ways: [[PluginID]] = [[start]]
    var seen: Set<PluginID> = []
    while !ways.isEmpty {
      let way = ways.removeFirst()
      for next in way.last.map(successors) ?? [] {
        if next == start { return way + [next] }
        if seen.insert(next).inserted { ways.append(way + [next]) }
      }
    }
    return nil
  }

  private func successors(of plugin: PluginID) -> [PluginID] {
    let actions = project.plugin(plugin)?.policy.fallback?.actions ?? []
    return actions.flatMap(\.withFallbacks).filter { $0.fallback == nil }.map(\.use.plugin)
  }
}
